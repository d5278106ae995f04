package io.turnwise.app.models;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a file is here already, beside where the whole will be: {@code NAME.part}, and in {@code
 * NAME.part.of} where it came from and which version it is of. One process and one thread at a time
 * has it, which the lock on {@code .NAME.lock} sees to; that empty file stays. Closing keeps the
 * part for the next time, and the lock goes with the process, however it ends.
 */
final class PartFile implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final Pattern ORIGIN = Pattern.compile("([0-9a-f]{64})\n([ -~]*)\n");

  private final Path target;
  private final Path path;
  private final Path origin;
  private final FileChannel lockFile;
  private final FileChannel part;
  private String address = "";
  private String validator = "";

  private PartFile(Path target, FileChannel lockFile, FileChannel part) {
    this.target = target;
    this.path = beside(target, target.getFileName() + ".part");
    this.origin = beside(target, target.getFileName() + ".part.of");
    this.lockFile = lockFile;
    this.part = part;
  }

  /**
   * Waits until nobody else is fetching the file, and opens what is there.
   *
   * @param pause what waiting is
   * @param waiting told once if there is somebody to wait for
   * @throws CommandFailed if the folder cannot be written
   */
  static PartFile open(Path target, Pause pause, Runnable waiting) throws InterruptedException {
    FileChannel lockFile = null;
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      lockFile =
          FileChannel.open(
              beside(target, "." + target.getFileName() + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (!locked(lockFile)) {
        waiting.run();
        do {
          pause.of(BETWEEN_LOOKS);
        } while (!locked(lockFile));
      }
      FileChannel part =
          FileChannel.open(
              beside(target, target.getFileName() + ".part"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      PartFile opened = new PartFile(target, lockFile, part);
      opened.readOrigin();
      lockFile = null;
      return opened;
    } catch (IOException e) {
      throw unwritable(target, e);
    } finally {
      closeQuietly(lockFile);
    }
  }

  private static Path beside(Path target, String name) {
    return target.resolveSibling(name);
  }

  private static boolean locked(FileChannel file) throws IOException {
    try {
      FileLock lock = file.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private void readOrigin() throws IOException {
    String text =
        Files.isRegularFile(origin)
            ? new String(Files.readAllBytes(origin), StandardCharsets.UTF_8)
            : "";
    Matcher form = ORIGIN.matcher(text);
    if (form.matches()) {
      address = form.group(1);
      validator = form.group(2);
    } else {
      part.truncate(0);
    }
  }

  /** Bytes that are here of what is at an address; what came from another one is dropped. */
  long sizeOf(Address wanted) {
    try {
      if (part.size() > 0 && !digest(wanted).equals(address)) {
        part.truncate(0);
      }
      return part.size();
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Which version the part is of; empty where the server did not say. */
  String validator() {
    return validator;
  }

  /** Begins anew with a version of what is at an address. */
  void begin(Address from, String version) {
    try {
      part.truncate(0);
      address = digest(from);
      validator = version;
      Files.writeString(origin, address + "\n" + version + "\n");
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** An address may hold a secret in its query. */
  private static String digest(Address address) {
    return Digest.of(address.uri().toString());
  }

  void append(ByteBuffer bytes) {
    try {
      part.position(part.size());
      while (bytes.hasRemaining()) {
        part.write(bytes);
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Drops what is here. */
  void discard() {
    try {
      part.truncate(0);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  String sha256() {
    return Digest.of(path);
  }

  /** Makes the part the file, at once and whole, in place of what may be there. */
  void putInPlace() {
    try {
      part.force(true);
      part.close();
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(origin);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  /** Keeps what is here, unless that is nothing. */
  @Override
  public void close() {
    try {
      if (part.isOpen() && part.size() == 0) {
        Files.deleteIfExists(path);
        Files.deleteIfExists(origin);
      }
    } catch (IOException e) {
      throw unwritable(target, e);
    } finally {
      closeQuietly(part);
      closeQuietly(lockFile);
    }
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // The bytes are written or forced already, and the lock goes in any case.
        return;
      }
    }
  }

  private static CommandFailed unwritable(Path target, IOException e) {
    return new CommandFailed(
        "The file "
            + target
            + " cannot be written ("
            + e
            + "); make room, check the folder's permissions, or name another with --to.",
        e);
  }
}
