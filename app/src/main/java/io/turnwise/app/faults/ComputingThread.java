package io.turnwise.app.faults;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Tells from outside, by Linux's accounts, that a thread of a process is computing. */
final class ComputingThread {
  private static final Path PROCESSES = Path.of("/proc");
  private static final Duration WATCHED = Duration.ofMillis(25);

  /** Of the time watched; what is missing went by between two looks. */
  private static final double ALL = 0.9;

  /** Linux keeps no more of a thread's name. */
  private static final int NAME = 15;

  private ComputingThread() {}

  /**
   * Waits for a thread that computes for some 25 ms on end: longer than anything but an inference
   * takes the application.
   *
   * @param name what the thread's name begins with
   * @return whether there was one in time
   */
  static boolean await(long pid, String name, Duration patience) {
    String prefix = name.substring(0, Math.min(NAME, name.length()));
    long deadline = System.nanoTime() + patience.toNanos();
    Map<Path, Long> before = awake(pid, prefix);
    long beforeNanos = System.nanoTime();
    while (System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(WATCHED.toNanos());
      Map<Path, Long> now = awake(pid, prefix);
      long nowNanos = System.nanoTime();
      for (Map.Entry<Path, Long> thread : now.entrySet()) {
        Long earlier = before.get(thread.getKey());
        if (earlier != null && thread.getValue() - earlier > ALL * (nowNanos - beforeNanos)) {
          return true;
        }
      }
      before = now;
      beforeNanos = nowNanos;
    }
    return false;
  }

  /** Nanoseconds that each such thread had or wanted a processor; empty where nobody tells. */
  private static Map<Path, Long> awake(long pid, String prefix) {
    Map<Path, Long> nanos = new HashMap<>();
    Path tasks = PROCESSES.resolve(Long.toString(pid)).resolve("task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        if (Files.readString(thread.resolve("comm")).startsWith(prefix)) {
          String[] account = Files.readString(thread.resolve("schedstat")).split(" ");
          nanos.put(thread, Long.parseLong(account[0]) + Long.parseLong(account[1]));
        }
      }
    } catch (IOException e) {
      // The thread has ended, or this is not Linux.
      return Map.of();
    }
    return nanos;
  }
}
