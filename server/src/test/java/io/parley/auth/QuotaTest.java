package io.parley.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class QuotaTest {
  @Test
  void itTellsByHowManyThereAreTooMany() {
    var quota = new Quota<String>(2);
    assertEquals(0, quota.enter("a"));
    assertEquals(0, quota.enter("a"));
    assertEquals(1, quota.enter("a"));
    assertEquals(2, quota.enter("a"));
    assertEquals(0, quota.enter("b"));
    for (int i = 0; i < 3; i++) {
      quota.leave("a");
    }
    assertEquals(0, quota.enter("a"));
  }

  @Test
  void whatNobodyHasTakesNoMemory() {
    var quota = new Quota<Integer>(1);
    for (int i = 0; i < 1_000; i++) {
      quota.enter(i);
      quota.enter(i);
    }
    assertEquals(1_000, quota.size());
    for (int i = 0; i < 1_000; i++) {
      quota.leave(i);
      quota.leave(i);
    }
    assertEquals(0, quota.size());
  }

  @Test
  void withoutALimitNothingIsCounted() {
    var quota = new Quota<String>(0);
    for (int i = 0; i < 10; i++) {
      assertEquals(0, quota.enter("a"));
    }
    assertEquals(0, quota.size());
    quota.leave("a");
  }

  @Test
  @Timeout(30)
  void manyThreadsAreCountedExactly() throws Exception {
    var quota = new Quota<Integer>(1_000_000);
    try (var threads = Executors.newFixedThreadPool(4)) {
      var all = new ArrayList<Future<?>>();
      for (int thread = 0; thread < 4; thread++) {
        all.add(threads.submit(() -> {
          for (int i = 0; i < 20_000; i++) {
            quota.enter(i % 3);
            quota.enter(i % 3);
            quota.leave(i % 3);
            quota.leave(i % 3);
          }
        }));
      }
      for (var each : all) {
        each.get();
      }
    }
    assertEquals(0, quota.size());
  }
}
