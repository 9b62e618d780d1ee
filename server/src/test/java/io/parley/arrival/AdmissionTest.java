package io.parley.arrival;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.arrival.Admission.Verdict;
import io.parley.config.Network;
import io.parley.config.Settings;
import io.parley.metric.Metrics;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
  private static Admission admission(String key, String value) {
    return new Admission(Settings.defaults().with(key, value).limits(),
        new ClientAddress(List.of()), new Metrics(new SimpleMeterRegistry()));
  }

  private static Verdict come(Admission admission, String address) {
    return admission.onClient(Network.parseAddress(address));
  }

  private static void go(Admission admission, String address) {
    admission.onGone(Network.parseAddress(address));
  }

  @Test
  void aFewTooManyAreToldAndTheRestIsCut() {
    var admission = admission("limits.connections", "10");
    for (int i = 0; i < 10; i++) {
      assertEquals(Verdict.SERVED, admission.onSocket());
    }
    for (int i = 0; i < Admission.TOLD_MAX; i++) {
      assertEquals(Verdict.TOLD, admission.onSocket());
    }
    assertEquals(Verdict.CUT, admission.onSocket());
    assertEquals(Verdict.CUT, admission.onSocket(), "who is cut isn't counted");
    admission.onSocketClosed();
    assertEquals(Verdict.TOLD, admission.onSocket());
    for (int i = 0; i < Admission.TOLD_MAX + 1; i++) {
      admission.onSocketClosed();
    }
    assertEquals(Verdict.SERVED, admission.onSocket());
  }

  @Test
  void soItIsForEachAddress() {
    var admission = admission("limits.connections-per-address", "1");
    assertEquals(Verdict.SERVED, come(admission, "192.0.2.1"));
    for (int i = 0; i < Admission.TOLD_MAX; i++) {
      assertEquals(Verdict.TOLD, come(admission, "192.0.2.1"));
    }
    assertEquals(Verdict.CUT, come(admission, "192.0.2.1"));
    assertEquals(Verdict.SERVED, come(admission, "192.0.2.2"));
    for (int i = 0; i < Admission.TOLD_MAX + 1; i++) {
      go(admission, "192.0.2.1");
    }
    assertEquals(1, admission.addresses());
    go(admission, "192.0.2.2");
    assertEquals(0, admission.addresses());
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1, 192.0.2.1, true", "192.0.2.1, 192.0.2.2, false",
      "192.0.2.1, 193.0.2.1, false", "2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true",
      "2001:db8:1:2::1, 2001:db8:1:3::1, false", "0.0.0.1, ::1, false",
      "255.255.255.255, ::, false", "::1, ::2, true", "ff02::1, 192.0.2.1, false"})
  void anIpv6AddressCountsByItsFirstHalf(String one, String other, boolean isSame) {
    var admission = admission("limits.connections-per-address", "1");
    come(admission, one);
    assertEquals(isSame ? Verdict.TOLD : Verdict.SERVED, come(admission, other));
  }
}
