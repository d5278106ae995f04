package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine must allow for all kinds of faults; skipped where it does not. */
class MachineAbilitiesTest {
  private static final int NOBODY_LISTENS = 9;

  @TempDir private Path folder;

  @Test
  void shouldReachAHostUntilItIsCutOffAndAgainAfterwards() {
    try (Hosts hosts = Hosts.open()) {
      hosts.whyNoCuts().ifPresent(why -> assumeTrue(false, "skipped: " + why));
      Host host = hosts.add();

      // When
      boolean before = reaches(host);
      host.cut();
      boolean during = reaches(host);
      host.mend();
      boolean after = reaches(host);

      // Then
      assertEquals(List.of(true, false, true), List.of(before, during, after));
    }
  }

  @Test
  void shouldLeaveNoNamespaceBehind() {
    Hosts hosts = Hosts.open();
    try (hosts) {
      hosts.whyNoCuts().ifPresent(why -> assumeTrue(false, "skipped: " + why));
      hosts.add();
      assertTrue(namespaces().contains("twf-" + ProcessHandle.current().pid()));
    }
    assertFalse(namespaces().contains("twf-" + ProcessHandle.current().pid() + "-"));
  }

  @Test
  void shouldRefuseWritesWhileTheDiskIsFull() throws IOException {
    Optional<String> whyNot = SmallDisk.whyNot(folder.resolve("try"));
    whyNot.ifPresent(why -> assumeTrue(false, "skipped: " + why));
    try (SmallDisk disk = SmallDisk.mounted(folder.resolve("disk"))) {
      // When
      disk.fill();
      boolean whileFull = writes(disk);
      disk.free();
      boolean afterwards = writes(disk);

      // Then
      assertEquals(List.of(false, true), List.of(whileFull, afterwards));
    }
  }

  @Test
  void shouldStepTheClockOfAProcess() {
    Clock.whyNot().ifPresent(why -> assumeTrue(false, "skipped: " + why));

    // Given
    Clock clock = Clock.right(folder.resolve("clock"));

    // When
    long right = now(clock);
    clock.step(3600);
    long later = now(clock);

    // Then
    assertTrue(Math.abs(right - Instant.now().getEpochSecond()) < 600, "right: " + right);
    assertTrue(later - right >= 3600, right + " and " + later);
  }

  @Test
  void shouldEndItsChildrenWhenItIsClosed() throws InterruptedException {
    // Given
    Child child;
    try (Children children = new Children()) {
      child =
          children.start("sleeper", List.of("sleep", "600"), Map.of(), folder.resolve("sleep.log"));
      assertTrue(child.alive());
    }

    // Then
    assertFalse(child.alive());
  }

  @Test
  void shouldStandStillWhileFrozen() throws Exception {
    // Given
    Path ticks = folder.resolve("ticks");
    try (Children children = new Children()) {
      Child child =
          children.start(
              "ticker",
              List.of("sh", "-c", "while true; do echo tick; sleep 0.02; done"),
              Map.of(),
              ticks);
      awaitMore(ticks, 0);

      // When
      child.freeze();
      Thread.sleep(Duration.ofMillis(200).toMillis());
      long frozen = Files.size(ticks);
      Thread.sleep(Duration.ofMillis(300).toMillis());
      long stillFrozen = Files.size(ticks);
      child.thaw();

      // Then
      assertEquals(frozen, stillFrozen);
      awaitMore(ticks, frozen);
    }
  }

  private static void awaitMore(Path file, long size) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!Files.exists(file) || Files.size(file) <= size) {
      assertTrue(System.nanoTime() < deadline, file + " does not grow");
      Thread.sleep(10);
    }
  }

  private static boolean reaches(Host host) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host.address(), NOBODY_LISTENS), 1000);
      return true;
    } catch (ConnectException refused) {
      // The answer of a host that is there.
      return true;
    } catch (IOException silence) {
      return false;
    }
  }

  private static String namespaces() {
    return Shell.run("ip", "netns", "list").output();
  }

  private static boolean writes(SmallDisk disk) {
    try {
      Files.write(disk.folder().resolve("state"), new byte[8192]);
      return true;
    } catch (IOException full) {
      return false;
    }
  }

  private static long now(Clock clock) {
    return Long.parseLong(Shell.run(clock.environment(), "date", "+%s").output());
  }
}
