package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComputingThreadTest {
  private static final long PID = ProcessHandle.current().pid();

  private final CountDownLatch end = new CountDownLatch(1);

  @BeforeEach
  void requireAccounts() {
    assumeTrue(
        Files.exists(Path.of("/proc/self/schedstat")), "skipped: no accounts of threads in /proc");
  }

  @AfterEach
  void endThreads() {
    end.countDown();
  }

  @Test
  void shouldFindTheThreadThatComputes() {
    // Given
    thread(
        "faults-computing-thread-1",
        () -> {
          for (long i = 0; end.getCount() > 0; i++) {
            Math.sqrt(i);
          }
        });

    // When, Then
    assertTrue(ComputingThread.await(PID, "faults-computing-thread", Duration.ofSeconds(30)));
  }

  @Test
  void shouldNotFindAThreadThatWaits() {
    // Given
    thread(
        "faults-waiting-thread-1",
        () -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });

    // When, Then
    assertFalse(ComputingThread.await(PID, "faults-waiting-thread", Duration.ofMillis(300)));
  }

  @Test
  void shouldFindNothingInAProcessThatIsGone() {
    assertFalse(ComputingThread.await(Long.MAX_VALUE, "any", Duration.ofMillis(100)));
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
