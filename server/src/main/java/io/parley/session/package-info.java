/// What one client may do and is subscribed to, whatever protocol it speaks.
@NullMarked
package io.parley.session;

import org.jspecify.annotations.NullMarked;
