package io.turnwise.app.play;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.turnwise.app.Wav;
import io.turnwise.inference.audio.Encoding;
import io.turnwise.inference.audio.WavFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
  @TempDir Path folder;

  @Test
  void shouldNameCallsAfterTheirFilesAndNumberWhatWouldBeNamedTwice() throws Exception {
    // Given
    Path one = Wav.write(folder.resolve("call.wav"), 8_000, 1, 80);
    Path two =
        Wav.write(Files.createDirectory(folder.resolve("b")).resolve("call.WAV"), 8_000, 1, 80);
    Path three = Wav.write(folder.resolve("other.v2.wav"), 8_000, 1, 80);

    // When
    List<Recording> recordings = Recording.read(List.of(one, two, three, one));

    // Then
    assertEquals(
        List.of("call", "call-2", "other.v2", "call-3"),
        recordings.stream().map(Recording::callId).toList());
  }

  @Test
  void shouldRefuseChannelsThatDoNotFit() {
    WavFile stereo = new WavFile(Encoding.MULAW, 8_000, 2, new byte[4]);

    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> new Recording("call", 255, stereo));

    assertEquals(
        "channel: 255 and the file's 2 channels do not fit into 0 to 255", refusal.getMessage());
  }
}
