package io.turnwise.app.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A process of the campaign; its output goes to a log. Thread-safe. */
final class Child {
  private final String name;
  private final Process process;

  Child(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** The exit code of a process that has ended. */
  int exitCode() {
    return process.exitValue();
  }

  /** kill -9, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** SIGTERM. */
  void tellToEnd() {
    process.destroy();
  }

  /** Waits until it is gone; kill -9 if it is not in time. */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    boolean gone = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (!gone) {
      kill();
    }
    return gone;
  }

  /** SIGSTOP: it does nothing more until it is continued, and nobody is told. */
  void freeze() {
    signal("STOP");
  }

  /** SIGCONT. */
  void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      int code = kill.waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + signal + " " + name + " ended with " + code);
      }
    } catch (IOException e) {
      throw new IllegalStateException("kill -" + signal + " " + name + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
