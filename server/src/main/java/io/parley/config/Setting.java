package io.parley.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// All there is to know of a setting beside its name and type, at the one spot where it is
/// declared.
///
/// Defaults and bounds are written as a user would write them, so that there is one parser.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /// The default.
  String value();

  Format as();

  /// The least value, for formats that are measured.
  String min() default "";

  /// The greatest value, for formats that are measured.
  String max() default "";

  /// What it means, as the documentation says it.
  String doc();
}
