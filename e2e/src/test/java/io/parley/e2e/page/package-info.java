/// The page that people see, in a real browser.
@NullMarked
package io.parley.e2e.page;

import org.jspecify.annotations.NullMarked;
