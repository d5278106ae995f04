package io.turnwise.app.pyannote;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.evaluate.DiarizationError;
import io.turnwise.app.evaluate.Replayed;
import io.turnwise.app.evaluate.Rttm;
import io.turnwise.app.evaluate.SpeechTimeline;
import io.turnwise.app.evaluate.Turn;
import io.turnwise.app.evaluate.UnusableRttm;
import io.turnwise.app.track.TrackingStage;
import io.turnwise.topology.track.SpeakerTracker;
import io.turnwise.topology.track.TrackerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A recording as pyannote left it: its local speakers, and who spoke when according to a reference.
 *
 * @param reference the turns of {@code reference.rttm}
 */
record ReferenceRecording(LocalSpeakers speakers, List<Turn> reference) {
  ReferenceRecording {
    reference = List.copyOf(reference);
  }

  /**
   * Reads one folder a recording with {@code raw_embeddings.npz}, {@code segmentations.npz} and
   * {@code reference.rttm} inside.
   *
   * @throws CommandFailed if there is none, or a file cannot be used; names it
   */
  static SortedMap<String, ReferenceRecording> all(Path folder) {
    SortedMap<String, ReferenceRecording> recordings = new TreeMap<>();
    try (Stream<Path> folders = Files.list(folder)) {
      for (Path recording : folders.filter(Files::isDirectory).sorted().toList()) {
        recordings.put(recording.getFileName().toString(), read(recording));
      }
    } catch (IOException e) {
      throw new CommandFailed(
          "The folder " + folder + " cannot be listed (" + e + "); name another.", e);
    }
    if (recordings.isEmpty()) {
      throw new CommandFailed(folder + " has no folder inside, and needs one a recording.");
    }
    return recordings;
  }

  static ReferenceRecording read(Path folder) {
    try {
      return new ReferenceRecording(
          LocalSpeakers.read(folder), Rttm.read(folder.resolve("reference.rttm")));
    } catch (UnusableRttm e) {
      throw new CommandFailed(e.getMessage() + ".", e);
    }
  }

  /** Who speaks when according to the tracker at its shipped settings, after all corrections. */
  List<Turn> tracked(double threshold) {
    WindowCentres segments = WindowCentres.of(speakers, "recording");
    TrackingStage stage = new TrackingStage(new SpeakerTracker(TrackerSettings.of(threshold)));
    return new Replayed(
            new TreeMap<>(Map.of(0, SpeechTimeline.of(segments.speech()))),
            stage.follow(segments.embeddings()),
            segments.embeddings().size())
        .revised();
  }

  /** The tracker's error. */
  DiarizationError error(double threshold) {
    return DiarizationError.of(reference, tracked(threshold), 0);
  }
}
