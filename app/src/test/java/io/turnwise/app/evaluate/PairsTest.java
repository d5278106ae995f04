package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairsTest {
  @TempDir private Path folder;

  @Test
  void shouldPairFilesByName() throws IOException {
    // Given
    wav("a.wav");
    rttm("a.rttm");
    wav("b.WAV");
    rttm("b.rttm");

    // When
    var pairs = Pairs.find(folder, folder);

    // Then
    assertEquals(java.util.List.of("a", "b"), pairs.stream().map(Pairs.Pair::name).toList());
    assertEquals(1, pairs.get(0).reference().size());
  }

  @Test
  void shouldNameEveryFileAtFault() throws IOException {
    // Given
    wav("alone.wav");
    wav("good.wav");
    rttm("good.rttm");
    Files.writeString(folder.resolve("broken.wav"), "not audio");
    rttm("broken.rttm");
    wav("odd.wav");
    Files.writeString(folder.resolve("odd.rttm"), "SPEAKER odd\n");

    // When
    CommandFailed failure = assertThrows(CommandFailed.class, () -> Pairs.find(folder, folder));

    // Then
    for (String named : new String[] {"alone.rttm", "broken.wav", "odd.rttm, line 1"}) {
      assertTrue(failure.getMessage().contains(named), named + " in: " + failure.getMessage());
    }
  }

  @Test
  void shouldSaySoWhenThereIsNothingToEvaluate() {
    // When
    CommandFailed failure = assertThrows(CommandFailed.class, () -> Pairs.find(folder, folder));

    // Then
    assertTrue(failure.getMessage().contains("no WAV file in " + folder), failure.getMessage());
  }

  private void wav(String name) throws IOException {
    AudioFormat format = new AudioFormat(8000, 16, 1, true, false);
    try (AudioInputStream silence =
        new AudioInputStream(new ByteArrayInputStream(new byte[16000]), format, 8000)) {
      AudioSystem.write(silence, AudioFileFormat.Type.WAVE, folder.resolve(name).toFile());
    }
  }

  private void rttm(String name) throws IOException {
    Files.writeString(folder.resolve(name), "SPEAKER x 1 0 1 <NA> <NA> A <NA> <NA>\n");
  }
}
