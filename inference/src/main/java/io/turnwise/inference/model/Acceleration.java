package io.turnwise.inference.model;

import ai.onnxruntime.OrtException;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.model.ProviderCheck.Outcome;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a network on the provider that is asked for, if it gives the CPU's embeddings, else on the
 * CPU. An accelerator may refuse a graph, compute it wrongly (onnxruntime issue 32569) or be slower
 * than the CPU, so each is compared with the CPU on a made-up sound first.
 */
final class Acceleration {
  /** Cosine with the CPU's embedding, at least. */
  static final double LEAST_AGREEMENT = 0.999;

  /** Runs of which the median counts, after one that warms up. */
  static final int TIMED_RUNS = 5;

  private static final Logger log = LoggerFactory.getLogger(Acceleration.class);

  private final Network.Opener opener;
  private final LongSupplier nanoTime;

  /**
   * @param opener where networks come from
   * @param nanoTime the clock that runs are timed with, in nanoseconds
   */
  Acceleration(Network.Opener opener, LongSupplier nanoTime) {
    this.opener = opener;
    this.nanoTime = nanoTime;
  }

  /** ONNX Runtime, timed with the system's clock. */
  static Acceleration ofRuntime() {
    return new Acceleration(OnnxNetwork::open, System::nanoTime);
  }

  /**
   * A network and how it came to be.
   *
   * @param network the caller's to close
   */
  record Opened(Network network, ProviderCheck check) {}

  /**
   * @param samples length of the stretches, in samples, that the network is given
   * @param fixed what {@link Contract#fixed} says for them
   * @param choice what was asked for
   * @param candidate the provider that this means here
   * @throws OrtException if the CPU refuses the file: a provider's refusal only falls back
   */
  Opened open(
      Model model,
      Contract contract,
      int samples,
      Map<String, Long> fixed,
      ProviderChoice choice,
      ExecutionProvider candidate)
      throws OrtException {
    Network cpu = openOnCpu(model, contract, fixed);
    if (candidate == ExecutionProvider.CPU) {
      ProviderCheck check =
          ProviderCheck.cpu(
              choice, choice == ProviderChoice.CPU ? "as asked for" : "nothing else to try here");
      log.info("model {}: {}", model.name(), check);
      return new Opened(cpu, check);
    }
    Network accelerated = null;
    try {
      Probe reference = probe(cpu, contract, samples);
      try {
        accelerated = opener.open(model.bytes(), contract, fixed, candidate);
      } catch (Exception | LinkageError e) {
        return fallBack(model, cpu, check(choice, candidate, Outcome.REFUSED, reason(e)));
      }
      Probe measured;
      try {
        measured = probe(accelerated, contract, samples);
      } catch (Exception | LinkageError e) {
        return fallBack(model, cpu, check(choice, candidate, Outcome.FAILED, reason(e)));
      }
      ProviderCheck check = compare(choice, candidate, reference, measured);
      if (check.fellBack()) {
        return fallBack(model, cpu, check);
      }
      if (check.outcome() == Outcome.SLOWER) {
        log.warn("model {}: {}", model.name(), check);
      } else {
        log.info("model {}: {}", model.name(), check);
      }
      Opened opened = new Opened(accelerated, check);
      accelerated = null;
      close(cpu);
      return opened;
    } catch (OrtException | RuntimeException e) {
      close(cpu);
      throw e;
    } finally {
      close(accelerated);
    }
  }

  Network openOnCpu(Model model, Contract contract, Map<String, Long> fixed) throws OrtException {
    return opener.open(model.bytes(), contract, fixed, ExecutionProvider.CPU);
  }

  private static Opened fallBack(Model model, Network cpu, ProviderCheck check) {
    log.warn("model {} falls back to the CPU: {}", model.name(), check);
    return new Opened(cpu, check);
  }

  /** A failing provider may fail to close as well, and that must not undo the fall-back. */
  static void close(Network network) {
    if (network == null) {
      return;
    }
    try {
      network.close();
    } catch (RuntimeException e) {
      log.warn("a network could not be closed: {}", reason(e));
    }
  }

  private static ProviderCheck compare(
      ProviderChoice choice, ExecutionProvider candidate, Probe cpu, Probe measured) {
    double agreement = Cosine.of(cpu.embedding(), measured.embedding());
    Outcome outcome;
    String reason;
    if (measured.embedding().length != cpu.embedding().length) {
      outcome = Outcome.WRONG;
      reason =
          candidate
              + " gives "
              + measured.embedding().length
              + " values where the CPU gives "
              + cpu.embedding().length;
    } else if (!finite(measured.embedding())) {
      outcome = Outcome.WRONG;
      reason = candidate + " gives values that are not finite";
    } else if (!(agreement >= LEAST_AGREEMENT)) {
      outcome = Outcome.WRONG;
      reason = candidate + " gives another embedding than the CPU";
    } else if (measured.nanos() > cpu.nanos()) {
      outcome = Outcome.SLOWER;
      reason =
          choice == ProviderChoice.AUTO
              ? candidate + " is slower than the CPU"
              : "as asked for, although slower than the CPU";
    } else {
      outcome = Outcome.PASSED;
      reason = "it agrees with the CPU and is no slower";
    }
    boolean keep =
        outcome == Outcome.PASSED || outcome == Outcome.SLOWER && choice != ProviderChoice.AUTO;
    return new ProviderCheck(
        choice,
        candidate,
        keep ? candidate : ExecutionProvider.CPU,
        outcome,
        agreement,
        measured.nanos() / 1e6,
        cpu.nanos() / 1e6,
        reason);
  }

  private static ProviderCheck check(
      ProviderChoice choice, ExecutionProvider candidate, Outcome outcome, String why) {
    return new ProviderCheck(
        choice,
        candidate,
        ExecutionProvider.CPU,
        outcome,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        candidate + (outcome == Outcome.REFUSED ? " cannot be opened (" : " fails (") + why + ")");
  }

  /** The first line: native messages go on with a trace. */
  static String reason(Throwable fault) {
    String message = fault.getMessage();
    return message == null || message.isBlank()
        ? fault.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElseThrow();
  }

  /**
   * What a network makes of the made-up sound.
   *
   * @param nanos median time of a run
   */
  record Probe(float[] embedding, long nanos) {}

  private Probe probe(Network network, Contract contract, int samples) throws OrtException {
    Stimulus stimulus = Stimulus.of(contract, samples);
    float[] embedding = stimulus.run(network);
    long[] nanos = new long[TIMED_RUNS];
    for (int i = 0; i < TIMED_RUNS; i++) {
      long start = nanoTime.getAsLong();
      stimulus.run(network);
      nanos[i] = nanoTime.getAsLong() - start;
    }
    Arrays.sort(nanos);
    return new Probe(embedding, nanos[TIMED_RUNS / 2]);
  }

  /** The made-up sound as a network takes it. */
  record Stimulus(FloatBuffer audio, long[] shape, FloatBuffer weights, long[] weightsShape) {
    /** A sound that fills every band: a buzz at 120 Hz over a fixed noise. */
    static Stimulus of(Contract contract, int samples) {
      float[] sound = new float[samples];
      int noise = 1;
      for (int i = 0; i < samples; i++) {
        noise = noise * 1_664_525 + 1_013_904_223;
        sound[i] = 0.2f * (2 * ((i * 120L % 16_000) / 16_000f) - 1) + 0.01f * (noise >> 16) / 32768;
      }
      float[] input =
          contract.kind() == InputKind.WAVEFORM
              ? sound
              : new Fbank().computeCentred(sound, 0, samples).values();
      float[] speech = new float[samples / SpeakerEmbedder.FLAG];
      Arrays.fill(speech, 1);
      return new Stimulus(
          direct(input),
          contract.shape(contract.audio(), samples, speech.length),
          direct(speech),
          new long[] {1, speech.length});
    }

    float[] run(Network network) throws OrtException {
      return network.run(audio.duplicate(), shape, weights.duplicate(), weightsShape);
    }
  }

  static FloatBuffer direct(float[] values) {
    return ByteBuffer.allocateDirect(values.length * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer()
        .put(values)
        .flip();
  }

  private static boolean finite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
