/// What a node measures, for `/metrics`: one table of metrics ([io.parley.metric.Metric]), one of
/// limits that can be hit ([io.parley.metric.Limit]), and the way to the meters
/// ([io.parley.metric.Metrics]), which is handed down to every part.
@NullMarked
package io.parley.metric;

import org.jspecify.annotations.NullMarked;
