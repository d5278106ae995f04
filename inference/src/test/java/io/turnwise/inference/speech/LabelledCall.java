package io.turnwise.inference.speech;

import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.audio.WavFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A mono recording at 16 kHz and how many people speak in each of its 10 ms frames. */
record LabelledCall(String name, float[] samples, int[] speakers) {

  /** How a gate's decisions differ from the labels, as shares of the speech. */
  record SpeechError(long missed, long falseAlarms, long speech) {
    double rate() {
      return (double) (missed + falseAlarms) / speech;
    }

    SpeechError plus(SpeechError other) {
      return new SpeechError(
          missed + other.missed, falseAlarms + other.falseAlarms, speech + other.speech);
    }
  }

  static List<LabelledCall> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".wav"))
          .sorted()
          .map(LabelledCall::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static LabelledCall read(Path wav) {
    try {
      float[] samples = samples(WavFile.read(wav));
      samples = Arrays.copyOf(samples, samples.length / SpeechGate.FRAME * SpeechGate.FRAME);
      String name = wav.getFileName().toString().replace(".wav", "");
      int[] speakers =
          speakers(wav.resolveSibling(name + ".rttm"), samples.length / SpeechGate.FRAME);
      return new LabelledCall(name, samples, speakers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Plays the call in segments; see {@link Sounds#decisions}. */
  boolean[] decisions(SpeechGate gate, int hop) {
    return Sounds.decisions(gate, samples, hop);
  }

  /** Overlapped speech is scored: a gate has one voice, so a second speaker counts as missed. */
  SpeechError error(boolean[] decisions) {
    long missed = 0;
    long falseAlarms = 0;
    long speech = 0;
    for (int frame = 0; frame < speakers.length; frame++) {
      int found = decisions[frame] ? 1 : 0;
      speech += speakers[frame];
      missed += Math.max(0, speakers[frame] - found);
      falseAlarms += Math.max(0, found - speakers[frame]);
    }
    return new SpeechError(missed, falseAlarms, speech);
  }

  private static int[] speakers(Path rttm, int frames) throws IOException {
    int[] speakers = new int[frames];
    List<String[]> turns =
        Files.readAllLines(rttm).stream()
            .map(line -> line.trim().split("\\s+"))
            .filter(fields -> fields[0].equals("SPEAKER"))
            .toList();
    for (String who : turns.stream().map(fields -> fields[7]).distinct().toList()) {
      boolean[] speaks = new boolean[frames];
      for (String[] fields : turns) {
        if (fields[7].equals(who)) {
          double begin = Double.parseDouble(fields[3]);
          double end = begin + Double.parseDouble(fields[4]);
          int from = Math.min(frames, (int) Math.round(begin * 100));
          Arrays.fill(
              speaks, from, Math.max(from, Math.min(frames, (int) Math.round(end * 100))), true);
        }
      }
      for (int frame = 0; frame < frames; frame++) {
        speakers[frame] += speaks[frame] ? 1 : 0;
      }
    }
    return speakers;
  }

  private static float[] samples(WavFile wav) {
    float[] samples = new float[wav.frames()];
    wav.encoding().decode(wav.channel(0), 0, samples.length, samples, 0);
    if (wav.sampleRate() == Resampler.OUTPUT_RATE) {
      return samples;
    }
    Resampler resampler = Resampler.start(wav.sampleRate());
    float[] most = resampler.push(samples, 0, samples.length);
    float[] rest = resampler.flush();
    float[] all = Arrays.copyOf(most, most.length + rest.length);
    System.arraycopy(rest, 0, all, most.length, rest.length);
    return all;
  }
}
