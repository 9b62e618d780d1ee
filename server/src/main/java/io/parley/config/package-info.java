/// Settings: immutable records, read once at the top and handed down.
///
/// A setting is one record component: its name gives the key, its annotation the default, the range
/// and the sentence that `docs/configuration.md` shows. Nothing here imports another package
/// of ours.
@NullMarked
package io.parley.config;

import org.jspecify.annotations.NullMarked;
