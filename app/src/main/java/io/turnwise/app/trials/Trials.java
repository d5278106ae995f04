package io.turnwise.app.trials;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.trials.TrialReport.Cell;
import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Verification trials: recordings of known speakers, of which all pairs are compared.
 *
 * <p>As recorded and by telephone on both sides, a trial is a pair of two different recordings in
 * no order; with the telephone on one side, it is in either order. A recording is never compared
 * with itself. Of each recording the loudest stretch of a length is taken ({@code 0.25 s} grid),
 * all of it where it is shorter; the telephone is put on the stretch. Immutable.
 */
public final class Trials {
  private final List<Utterance> utterances;

  private Trials(List<Utterance> utterances) {
    this.utterances = List.copyOf(utterances);
  }

  private record Utterance(int speaker, Stretch all) {}

  /** Anything that embeds a stretch as {@link SpeakerEmbedder#embed} does; thread-safe. */
  @FunctionalInterface
  public interface Embedding {
    float[] embed(float[] samples, boolean[] speech);
  }

  /**
   * Reads one folder a speaker, WAV files inside: one channel, any rate and encoding that {@link
   * WavFile} reads. Other files are left alone.
   *
   * @param gates decides where somebody speaks
   * @throws CommandFailed naming every file and folder at fault: a file that cannot be read or is
   *     not of one channel or too short, a speaker with fewer than two, fewer than two speakers
   */
  public static Trials read(Path folder, SpeechGate.Factory gates) {
    List<String> faults = new ArrayList<>();
    List<Utterance> utterances = new ArrayList<>();
    List<Path> speakers = listed(folder).stream().filter(Files::isDirectory).toList();
    for (int speaker = 0; speaker < speakers.size(); speaker++) {
      List<Path> files = listed(speakers.get(speaker)).stream().filter(Trials::isWav).toList();
      if (files.size() < 2) {
        faults.add(
            speakers.get(speaker)
                + " has "
                + (files.isEmpty() ? "no WAV file" : "one WAV file")
                + " where two are the least");
      }
      for (Path file : files) {
        try {
          utterances.add(new Utterance(speaker, stretch(file, gates)));
        } catch (UnusableAudio e) {
          faults.add(e.getMessage());
        }
      }
    }
    if (speakers.size() < 2) {
      faults.add(
          folder
              + " has "
              + (speakers.isEmpty() ? "no folder" : "one folder")
              + ", and trials need one for each of at least two speakers");
    }
    if (!faults.isEmpty()) {
      throw new CommandFailed(
          "Nothing was evaluated: "
              + String.join("; ", faults)
              + ". Add or repair what is named, or take it away.");
    }
    return new Trials(utterances);
  }

  static List<Path> listed(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> !path.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new CommandFailed(
          "The folder " + folder + " cannot be listed (" + e + "); name another.", e);
    }
  }

  static boolean isWav(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".wav")
        && Files.isRegularFile(file);
  }

  static Stretch stretch(Path file, SpeechGate.Factory gates) {
    WavFile audio = WavFile.read(file);
    if (audio.channels() != 1) {
      throw new UnusableAudio(
          "Cannot use "
              + file
              + ": it has "
              + audio.channels()
              + " channels, and which of them the speaker is on is not known; make it mono.");
    }
    float[] coded = new float[audio.frames()];
    audio.encoding().decode(audio.data(), 0, coded.length, coded, 0);
    float[] samples = Resampler.whole(coded, audio.sampleRate());
    if (Fbank.frames(samples.length) < SpeakerEmbedder.LEAST_FRAMES) {
      throw new UnusableAudio(
          "Cannot use "
              + file
              + ": its "
              + samples.length
              + " samples at 16 kHz are fewer than "
              + SpeakerEmbedder.LEAST_FRAMES
              + " frames; take it away.");
    }
    int whole = samples.length / SpeechGate.FRAME * SpeechGate.FRAME;
    return new Stretch(samples, gates.start().decide(Arrays.copyOf(samples, whole), whole));
  }

  /**
   * How well a model tells the speakers apart, centred where its calibration says so. Takes all
   * cores; the same figures each time.
   *
   * @param embedder opened for any length
   * @param lengths of the stretches, in the order of the report
   */
  public TrialReport evaluate(SpeakerEmbedder embedder, List<Length> lengths) {
    Model model = embedder.model();
    return evaluate(model.name(), embedder::embed, model.calibration(), lengths);
  }

  /**
   * The same of anything that embeds, from as many threads as there are cores.
   *
   * @param model its name
   * @param calibration what its cosines mean
   */
  public TrialReport evaluate(
      String model, Embedding embedding, Calibration calibration, List<Length> lengths) {
    int[] speakers = utterances.stream().mapToInt(Utterance::speaker).toArray();
    TrialReport.Cells cells = new TrialReport.Cells();
    TrialReport.Cells plain = new TrialReport.Cells();
    for (Length length : lengths) {
      Comparison raw =
          Comparison.of(
              speakers,
              utterances.stream().map(utterance -> utterance.all().loudest(length)).toList(),
              embedding);
      Comparison comparable = raw.centred(calibration);
      Comparison uncentred = raw.centred(Calibration.none());
      for (Channel channel : Channel.values()) {
        TrialScores cosines = comparable.cosines(channel).scores();
        cells.put(
            channel,
            length,
            calibration.calibrated()
                ? new Cell(cosines, comparable.ratios(channel, calibration).scores())
                : new Cell(cosines));
        plain.put(channel, length, new Cell(uncentred.cosines(channel).scores()));
      }
    }
    return new TrialReport(model, cells, calibration.centres() ? plain : new TrialReport.Cells());
  }
}
