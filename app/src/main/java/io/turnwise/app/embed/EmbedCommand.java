package io.turnwise.app.embed;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.JsonLine;
import io.turnwise.app.ModelOption;
import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ProviderChoice;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the embedding of a stretch of a file. */
@Command(
    name = "embed",
    description = {
      "Prints the embedding of a stretch of a WAV file as one line of JSON.",
      "",
      "The embedding is the model's own output, not normalised:",
      "  {\"model\":\"NAME\",\"dim\":256,\"embedding\":[...]}",
      "",
      "The audio is resampled to 16 kHz. --features writes what the model was given: log-mel"
          + " features of 10 ms frames, each bin's mean over the stretch subtracted, as frames x"
          + " bins float32, little-endian, row-major. For a model that takes the waveform itself"
          + " they are the 80-bin features of the same stretch."
    },
    footer = {
      "  turnwise embed call.wav --start 12.5 --duration 1.5",
      "  turnwise embed stereo.wav --channel 1 --start 0 --duration 3 --model models/mine.onnx \\",
      "      --features features.f32"
    })
public final class EmbedCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE.wav", description = "PCM or G.711, 8 to 48 kHz.")
  private Path file;

  @Option(
      names = "--start",
      required = true,
      paramLabel = "S",
      description = "Where the stretch begins, in seconds.")
  private double start;

  @Option(
      names = "--duration",
      required = true,
      paramLabel = "D",
      description = "How long the stretch is, in seconds; 0.105 at least.")
  private double duration;

  @Option(
      names = "--channel",
      paramLabel = "N",
      defaultValue = "0",
      description = "Channel of the file, from 0 (default: ${DEFAULT-VALUE}).")
  private int channel;

  @Mixin private ModelOption model;

  @Option(
      names = "--provider",
      paramLabel = "PROVIDER",
      defaultValue = "cpu",
      description =
          "What the model runs on: auto, cpu, coreml, cuda or tensorrt (default: ${DEFAULT-VALUE}).")
  private String provider;

  @Option(
      names = "--features",
      paramLabel = "OUT.f32",
      description = "File to write the features to; replaced where it exists.")
  private Path features;

  @Override
  public Integer call() {
    ProviderChoice choice = choice();
    float[] samples = stretch(WavFile.read(file));
    Model found = model.find();
    boolean[] speech = new boolean[samples.length / SpeechGate.FRAME];
    Arrays.fill(speech, true);
    float[] embedding;
    try (SpeakerEmbedder embedder =
        choice == ProviderChoice.CPU
            ? SpeakerEmbedder.openForAnyLength(found)
            : SpeakerEmbedder.open(found, samples.length, choice)) {
      embedding = embedder.embed(samples, speech);
    }
    if (features != null) {
      writeFeatures(new Fbank().computeCentred(samples, 0, samples.length));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.write(json(found.name(), embedding) + "\n");
    out.flush();
    return 0;
  }

  private ProviderChoice choice() {
    try {
      return ProviderChoice.of(provider);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** The stretch at 16 kHz, cut from the resampled channel so that its edges are the filter's. */
  private float[] stretch(WavFile audio) {
    double length = (double) audio.frames() / audio.sampleRate();
    if (channel < 0 || channel >= audio.channels()) {
      throw new CommandFailed(
          file
              + " has no channel "
              + channel
              + ": it has "
              + audio.channels()
              + ", counted from 0; choose another with --channel.");
    }
    if (!(start >= 0) || !(duration > 0) || start + duration > length + 1e-6) {
      throw new CommandFailed(
          String.format(
              Locale.ROOT,
              "The stretch from %s s, %s s long, is not inside %s, which is %.3f s long; choose"
                  + " other values for --start and --duration.",
              start,
              duration,
              file,
              length));
    }
    byte[] bytes = audio.channel(channel);
    float[] input = new float[audio.frames()];
    audio.encoding().decode(bytes, 0, input.length, input, 0);
    float[] all = Resampler.whole(input, audio.sampleRate());
    int from = (int) Math.round(start * Resampler.OUTPUT_RATE);
    int to = from + (int) Math.round(duration * Resampler.OUTPUT_RATE);
    int end = Math.min(to, all.length);
    return Arrays.copyOfRange(all, Math.min(from, end), end);
  }

  private void writeFeatures(Features values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values.values());
    try {
      Files.write(features, bytes.array());
    } catch (IOException e) {
      throw new CommandFailed(
          "The features cannot be written to " + features + " (" + e + "); choose another file.",
          e);
    }
  }

  static String json(String model, float[] embedding) {
    return JsonLine.of(
        json -> {
          json.writeStringField("model", model);
          json.writeNumberField("dim", embedding.length);
          json.writeArrayFieldStart("embedding");
          for (float value : embedding) {
            json.writeNumber(value);
          }
          json.writeEndArray();
        });
  }
}
