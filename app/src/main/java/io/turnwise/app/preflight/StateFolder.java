package io.turnwise.app.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.streams.StreamsConfig;

/** Looks at the folder in which Kafka Streams keeps what is the instance's own. */
public final class StateFolder {
  private static final String SUBJECT = "state folder";
  private static final long MEBIBYTE = 1 << 20;
  private static final long LITTLE = 256 * MEBIBYTE;

  private StateFolder() {}

  /** Where {@code state.dir} is, with what Kafka Streams takes where it is not set. */
  public static Path of(Needs needs) {
    Object named = needs.streams().get(StreamsConfig.STATE_DIR_CONFIG);
    Object usual = StreamsConfig.configDef().defaultValues().get(StreamsConfig.STATE_DIR_CONFIG);
    return Path.of((named == null ? usual : named).toString());
  }

  /** Whether it can be written to; leaves nothing there. */
  public static Finding look(Needs needs) {
    Path folder = of(needs).toAbsolutePath().normalize();
    Optional<Path> there = existing(folder);
    if (there.isEmpty() || !Files.isDirectory(there.get())) {
      return Finding.failed(
          SUBJECT, there.orElse(folder) + " is no folder", "set state.dir to one");
    }
    try {
      // By doing it: what permissions say, a read-only file system does not keep.
      Files.delete(Files.createTempFile(there.get(), "turnwise-check", ".tmp"));
      long free = Files.getFileStore(there.get()).getUsableSpace();
      return room(folder, free);
    } catch (IOException e) {
      return Finding.failed(
          SUBJECT,
          folder + " cannot be written (" + e.getClass().getSimpleName() + ")",
          "allow it to this user, or set state.dir elsewhere");
    }
  }

  /** A run writes next to nothing there, however full it is: its stores are in memory. */
  static Finding room(Path folder, long free) {
    String room = folder + ", " + free / MEBIBYTE + " MiB free";
    return free < LITTLE
        ? Finding.warning(
            SUBJECT,
            room
                + ": a run works, as its stores are in memory; logs, heap dumps and unpacked"
                + " libraries on the same disk would not",
            "make room there, or set state.dir elsewhere")
        : Finding.ok(SUBJECT, room);
  }

  private static Optional<Path> existing(Path folder) {
    Path there = folder;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return Optional.ofNullable(there);
  }
}
