package io.turnwise.app.trials;

import io.turnwise.app.CommandFailed;
import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
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

  private static List<Path> listed(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> !path.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new CommandFailed(
          "The folder " + folder + " cannot be listed (" + e + "); name another.", e);
    }
  }

  private static boolean isWav(Path file) {
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
   * How well a model tells the speakers apart. Takes all cores; the same figures each time.
   *
   * @param embedder opened for any length
   * @param lengths of the stretches, in the order of the report
   */
  public TrialReport evaluate(SpeakerEmbedder embedder, List<Length> lengths) {
    return evaluate(embedder.model().name(), embedder::embed, lengths);
  }

  /**
   * The same of anything that embeds, from as many threads as there are cores.
   *
   * @param model its name
   */
  public TrialReport evaluate(String model, Embedding embedding, List<Length> lengths) {
    Map<Channel, Map<Length, TrialScores>> cosines = new EnumMap<>(Channel.class);
    for (Channel channel : Channel.values()) {
      cosines.put(channel, new LinkedHashMap<>());
    }
    for (Length length : lengths) {
      List<Stretch> recorded =
          utterances.stream().map(utterance -> utterance.all().loudest(length)).toList();
      float[][] wide = embedded(recorded, embedding);
      float[][] phone =
          embedded(recorded.parallelStream().map(Stretch::throughTelephone).toList(), embedding);
      cosines.get(Channel.WIDE_BAND).put(length, compared(wide, wide));
      cosines.get(Channel.TELEPHONE).put(length, compared(phone, phone));
      cosines.get(Channel.ONE_SIDE).put(length, compared(wide, phone));
    }
    return new TrialReport(model, cosines);
  }

  /** Unit vectors. */
  private static float[][] embedded(List<Stretch> stretches, Embedding embedding) {
    return IntStream.range(0, stretches.size())
        .parallel()
        .mapToObj(i -> unit(embedding.embed(stretches.get(i).samples(), flags(stretches.get(i)))))
        .toArray(float[][]::new);
  }

  /** A model that weighs by speech has no answer for a stretch without any. */
  private static boolean[] flags(Stretch stretch) {
    boolean[] flags = stretch.speech().clone();
    if (stretch.speechSeconds() == 0) {
      Arrays.fill(flags, true);
    }
    return flags;
  }

  private TrialScores compared(float[][] left, float[][] right) {
    double[] same = new double[left.length * left.length];
    double[] different = new double[left.length * left.length];
    int sames = 0;
    int differents = 0;
    for (int i = 0; i < left.length; i++) {
      for (int j = left == right ? i + 1 : 0; j < right.length; j++) {
        if (i != j) {
          double cosine = dot(left[i], right[j]);
          if (utterances.get(i).speaker() == utterances.get(j).speaker()) {
            same[sames++] = cosine;
          } else {
            different[differents++] = cosine;
          }
        }
      }
    }
    return new TrialScores(Arrays.copyOf(same, sames), Arrays.copyOf(different, differents));
  }

  private static float[] unit(float[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
