/// The page that browsers get: files that the build has made, and how they are answered for.
@NullMarked
package io.parley.page;

import org.jspecify.annotations.NullMarked;
