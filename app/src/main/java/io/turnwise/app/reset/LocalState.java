package io.turnwise.app.reset;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What an instance keeps on this machine.
 *
 * @param folder Kafka Streams' folder of the application, within {@code state.dir}
 */
record LocalState(Path folder) {
  /** Kafka Streams' own: locked as long as an instance runs. */
  private static final String PROCESS = "kafka-streams-process-metadata";

  boolean exists() {
    return Files.isDirectory(folder);
  }

  /** Whether an instance runs on it, in this process or in another. */
  boolean inUse() {
    Path process = folder.resolve(PROCESS);
    if (!Files.exists(process)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(process, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      throw new CommandFailed(
          "The state folder " + folder + " cannot be read (" + e + "); run as its owner.", e);
    }
  }

  /**
   * @throws CommandFailed naming what cannot be deleted
   */
  void delete() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new CommandFailed(
          "The state folder " + folder + " cannot be deleted (" + e + "); delete it by hand.", e);
    }
  }
}
