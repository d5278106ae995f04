package io.turnwise.app.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateFolderTest {
  private static final long MEBIBYTE = 1 << 20;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 8 * MEBIBYTE - 1, 256 * MEBIBYTE - 1})
  void shouldWarnAndSayWhatWouldNotWorkWhenThereIsLittleRoom(long free) {
    Finding finding = StateFolder.room(Path.of("/state"), free);

    assertEquals(Finding.State.WARNING, finding.state());
    assertTrue(finding.detail().startsWith("/state, " + free / MEBIBYTE + " MiB free"));
    assertTrue(finding.detail().contains("a run works"), finding.detail());
    assertTrue(finding.detail().contains("heap dumps"), finding.detail());
    assertTrue(finding.remedy().contains("state.dir"), finding.remedy());
  }

  @Test
  void shouldBeContentWhenThereIsRoom() {
    Finding finding = StateFolder.room(Path.of("/state"), 256 * MEBIBYTE);

    assertEquals(Finding.State.OK, finding.state());
  }

  @Test
  void shouldFailWhenItCannotBeWritten() {
    // Given a file system in which not even root creates a file
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "no /proc here");

    // When
    Finding finding = StateFolder.look(needs(Path.of("/proc/self/turnwise")));

    // Then
    assertEquals(Finding.State.FAILED, finding.state());
    assertTrue(finding.detail().contains("/proc/self/turnwise cannot be written"));
  }

  @Test
  void shouldFailWhenItIsAFile(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    Finding finding = StateFolder.look(needs(file));

    assertEquals(Finding.State.FAILED, finding.state());
    assertEquals(file + " is no folder", finding.detail());
  }

  @Test
  void shouldLeaveNothingThereWhenItLooks(@TempDir Path folder) throws IOException {
    StateFolder.look(needs(folder.resolve("not-there-yet")));

    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  private static Needs needs(Path state) {
    return new Needs(
        TurnwiseSettings.of(Map.of()), Map.of("state.dir", state.toString()), true, Needs.OUTAGE);
  }
}
