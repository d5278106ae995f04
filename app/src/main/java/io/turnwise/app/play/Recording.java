package io.turnwise.app.play;

import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.audio.WavFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A file that is played as a call.
 *
 * @param callId the call's id, 1 to 256 characters
 * @param firstChannel channel of the call that carries the file's first channel; the file's other
 *     channels follow
 * @param audio the file's audio
 */
public record Recording(String callId, int firstChannel, WavFile audio) {
  private static final int CALL_ID_CHARACTERS = 256;
  private static final int CHANNELS = 256;

  public Recording {
    if (callId.isEmpty() || callId.length() > CALL_ID_CHARACTERS) {
      throw new IllegalArgumentException(
          "callId: has " + callId.length() + " characters, not 1 to " + CALL_ID_CHARACTERS);
    }
    if (firstChannel < 0 || firstChannel + audio.channels() > CHANNELS) {
      throw new IllegalArgumentException(
          "channel: "
              + firstChannel
              + " and the file's "
              + audio.channels()
              + " channels do not fit into 0 to "
              + (CHANNELS - 1));
    }
  }

  /**
   * Reads files as calls of their own, named after the files; what would be named twice is
   * numbered.
   *
   * @throws UnusableAudio at the first file that cannot be played
   */
  public static List<Recording> read(List<Path> files) {
    List<Recording> recordings = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (Path file : files) {
      WavFile audio = WavFile.read(file);
      String name = file.getFileName().toString().replaceFirst("(?i)(?<=.)\\.wave?$", "");
      String callId = name;
      for (int number = 2; !taken.add(callId); number++) {
        callId = name + "-" + number;
      }
      recordings.add(new Recording(callId, 0, audio));
    }
    return List.copyOf(recordings);
  }

  /** Length on the timeline of each channel. */
  public double seconds() {
    return (double) audio.frames() / audio.sampleRate();
  }
}
