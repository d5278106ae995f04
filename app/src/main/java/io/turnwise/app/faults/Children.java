package io.turnwise.app.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * The processes this command started. None of them outlives it: they are killed when this is
 * closed, when the JVM ends, and, where the kernel offers it, when the JVM is itself killed.
 * Thread-safe.
 */
final class Children implements AutoCloseable {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  private final List<Child> all = new ArrayList<>();
  private final Thread atExit = new Thread(this::killAll, "faults-end-children");
  // The kernel ends a child with the thread that started it: that thread has to live to the end.
  private final ExecutorService launcher =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "faults-launcher");
            thread.setDaemon(true);
            return thread;
          });
  private boolean closed;

  Children() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Starts a process.
   *
   * @param environment what is added to this process's own
   * @param log its output is appended there
   */
  Child start(String name, List<String> command, Map<String, String> environment, Path log) {
    List<String> whole = new ArrayList<>();
    if (Files.isExecutable(SETPRIV)) {
      whole.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "KILL"));
    }
    whole.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(whole)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      return launcher.submit(() -> started(name, builder)).get();
    } catch (IOException e) {
      throw new IllegalStateException(log + " cannot be written: " + e.getMessage(), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Run.Stopped stopped) {
        throw stopped;
      }
      throw new IllegalStateException(
          name + " cannot be started: " + e.getCause().getMessage(), e.getCause());
    } catch (RejectedExecutionException e) {
      throw new Run.Stopped();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Child started(String name, ProcessBuilder builder) throws IOException {
    synchronized (all) {
      if (closed) {
        throw new Run.Stopped();
      }
      all.removeIf(child -> !child.alive());
      Child child = new Child(name, builder.start());
      all.add(child);
      return child;
    }
  }

  private void killAll() {
    synchronized (all) {
      closed = true;
      all.forEach(Child::kill);
      all.clear();
    }
  }

  @Override
  public void close() {
    killAll();
    launcher.shutdown();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is ending already, and the hook finds nothing left to kill.
      return;
    }
  }
}
