/// Carries publications between nodes: the contract, and what it reports.
@NullMarked
package io.parley.broker;

import org.jspecify.annotations.NullMarked;
