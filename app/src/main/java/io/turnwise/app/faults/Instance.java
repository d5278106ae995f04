package io.turnwise.app.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * An application instance: {@code turnwise run} in a process of its own, started again by a
 * supervisor when it ends by itself. Thread-safe.
 */
final class Instance implements AutoCloseable {
  private static final int HEAP_MEGABYTES = 256;
  private static final Duration SUPERVISOR_LOOKS = Duration.ofMillis(250);
  private static final Duration SUPERVISOR_WAITS = Duration.ofSeconds(1);
  private static final int BY_SIGTERM = 128 + 15;
  private static final int GAVE_UP = 1;
  private static final Duration GRACE = Duration.ofSeconds(35);

  private final String name;
  private final Children children;
  private final JavaProgram java;
  private final Host host;
  private final Path folder;
  private final Map<String, String> environment;
  private final Journal journal;
  private final Thread supervisor;
  private Map<String, String> settings;
  private Child process;
  private boolean wanted;
  private Child ending;
  private long toldAtNanos;
  private Child accountedFor;
  private int ownEnds;
  private final List<String> wrongEnds = new ArrayList<>();
  private volatile boolean closed;

  /**
   * @param folder where its settings and its log are
   * @param settings what {@code run --config} gets
   * @param environment what its processes get beside this one's own
   */
  Instance(
      String name,
      Children children,
      JavaProgram java,
      Host host,
      Path folder,
      Map<String, String> settings,
      Map<String, String> environment,
      Journal journal) {
    this.name = name;
    this.children = children;
    this.java = java;
    this.host = host;
    this.folder = folder;
    this.settings = new TreeMap<>(settings);
    this.environment = Map.copyOf(environment);
    this.journal = journal;
    this.supervisor = new Thread(this::supervise, "faults-supervisor-" + name);
    supervisor.setDaemon(true);
    supervisor.start();
  }

  String name() {
    return name;
  }

  Host host() {
    return host;
  }

  /** Starts it; it works some seconds later. */
  synchronized void start() {
    if (closed) {
      return;
    }
    wanted = true;
    launch();
  }

  private void launch() {
    Path config = folder.resolve(name + ".properties");
    try {
      Files.createDirectories(folder);
      Files.writeString(
          config,
          settings.entrySet().stream()
              .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
              .collect(Collectors.joining()));
    } catch (IOException e) {
      throw new UncheckedIOException(config + " cannot be written: " + e.getMessage(), e);
    }
    process =
        children.start(
            name,
            host.command(
                java.command(
                    "io.turnwise.app.Turnwise",
                    HEAP_MEGABYTES,
                    List.of("-Dturnwise.faults=" + name),
                    List.of("run", "--config", config.toString()))),
            environment,
            log());
    journal.note("%s started", name);
  }

  Path log() {
    return folder.resolve(name + ".log");
  }

  /** What it has printed so far. */
  String printed() {
    try {
      return Files.exists(log()) ? Files.readString(log(), StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(log() + " cannot be read", e);
    }
  }

  /** kill -9; it stays away until it is started. */
  synchronized void kill() {
    wanted = false;
    if (process != null) {
      accountedFor = process;
      process.kill();
      journal.note("%s killed", name);
    }
  }

  /** SIGTERM, and waits until it is gone; it stays away until it is started. */
  void end() throws InterruptedException {
    tellToEnd();
    awaitEnd();
  }

  /** SIGTERM; it stays away until it is started. */
  synchronized void tellToEnd() {
    wanted = false;
    if (process == null) {
      return;
    }
    if (process.alive()) {
      accountedFor = process;
      ending = process;
      toldAtNanos = System.nanoTime();
      process.tellToEnd();
    } else {
      noteOwnEnd();
    }
  }

  /** Waits until it is gone, if it was told to end; kills it if it is not in time. */
  void awaitEnd() throws InterruptedException {
    Child ending;
    synchronized (this) {
      ending = this.ending;
      this.ending = null;
    }
    if (ending == null) {
      return;
    }
    boolean inTime = ending.awaitEnd(GRACE);
    journal.note(
        "%s ended in %d ms with %d%s",
        name,
        (System.nanoTime() - toldAtNanos) / 1_000_000,
        ending.exitCode(),
        inTime ? "" : ", killed because it did not end");
    if (ending.exitCode() != BY_SIGTERM) {
      synchronized (this) {
        wrongEnds.add(name + " ended with " + ending.exitCode() + " when it was told to stop");
      }
    }
  }

  /** Settings of the next start. */
  synchronized void change(Map<String, String> changed) {
    settings = new HashMap<>(settings);
    settings.putAll(changed);
  }

  synchronized Child process() {
    return process;
  }

  synchronized boolean alive() {
    return process != null && process.alive();
  }

  /** How often it has ended by itself. */
  synchronized int ownEnds() {
    return ownEnds;
  }

  /** Each time it did not end as it was told to, or by itself and not by giving up: a line. */
  synchronized List<String> wrongEnds() {
    return List.copyOf(wrongEnds);
  }

  private void supervise() {
    while (!closed) {
      LockSupport.parkNanos(SUPERVISOR_LOOKS.toNanos());
      boolean ended;
      synchronized (this) {
        ended = wanted && process != null && !process.alive();
        if (ended) {
          noteOwnEnd();
        }
      }
      if (ended) {
        LockSupport.parkNanos(SUPERVISOR_WAITS.toNanos());
        startAgain();
      }
    }
  }

  /** Giving up, with 1, is what it may do where it cannot work; anything else is a crash. */
  private void noteOwnEnd() {
    if (process == accountedFor) {
      return;
    }
    accountedFor = process;
    ownEnds++;
    journal.note("%s ended by itself with %d", name, process.exitCode());
    if (process.exitCode() != GAVE_UP) {
      wrongEnds.add(name + " ended by itself with " + process.exitCode());
    }
  }

  private synchronized void startAgain() {
    if (wanted && !closed && !process.alive()) {
      try {
        launch();
      } catch (Run.Stopped e) {
        closed = true;
      }
    }
  }

  /** kill -9, for good. */
  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      wanted = false;
      if (process != null) {
        process.kill();
      }
    }
  }
}
