package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RttmTest {
  @TempDir private Path folder;

  @Test
  void shouldReadWhatItWroteWhenNamesAreNotAscii() throws IOException {
    // Given
    List<Turn> turns = List.of(new Turn(1, 0.35, 5.51, "MÉO069"), new Turn(2, 6.812, 0.27, "李小龍"));
    Path file = folder.resolve("call.rttm");

    // When
    Rttm.write(file, "call", turns);

    // Then
    assertEquals(turns, Rttm.read(file));
    assertEquals(
        "SPEAKER call 1 0.350 5.510 <NA> <NA> MÉO069 <NA> <NA>",
        Files.readAllLines(file, StandardCharsets.UTF_8).get(0));
  }

  @Test
  void shouldReadSpeakerLinesOnlyWhateverTheWhiteSpace() throws IOException {
    // Given
    Path file =
        write(
            "\uFEFFSPKR-INFO call 1 <NA> <NA> <NA> unknown A <NA> <NA>\r\n"
                + "\r\n"
                + "SPEAKER\tcall  1 1.5 2 <NA> <NA> A <NA> <NA>\r\n");

    // When
    List<Turn> turns = Rttm.read(file);

    // Then
    assertEquals(List.of(new Turn(1, 1.5, 2, "A")), turns);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SPEAKER call 1 0.5",
        "SPEAKER call 1 zero 1 <NA> <NA> A <NA> <NA>",
        "SPEAKER call 1 -1 1 <NA> <NA> A <NA> <NA>",
        "SPEAKER call 1 1 NaN <NA> <NA> A <NA> <NA>"
      })
  void shouldNameFileAndLineWhenLineIsUnusable(String line) throws IOException {
    // Given
    Path file = write("SPEAKER call 1 0 1 <NA> <NA> A <NA> <NA>\n" + line + "\n");

    // When
    UnusableRttm failure = assertThrows(UnusableRttm.class, () -> Rttm.read(file));

    // Then
    assertTrue(failure.getMessage().contains(file + ", line 2: "), failure.getMessage());
  }

  @Test
  void shouldNameFileWhenItIsNotUtf8() throws IOException {
    // Given
    Path file = folder.resolve("latin.rttm");
    Files.write(
        file, "SPEAKER c 1 0 1 <NA> <NA> É <NA> <NA>".getBytes(StandardCharsets.ISO_8859_1));

    // When
    UnusableRttm failure = assertThrows(UnusableRttm.class, () -> Rttm.read(file));

    // Then
    assertTrue(failure.getMessage().contains(file + " is not UTF-8"), failure.getMessage());
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("call.rttm"), text, StandardCharsets.UTF_8);
  }
}
