package io.turnwise.inference.model;

import ai.onnxruntime.OrtException;
import io.turnwise.inference.features.Fbank;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model ready to embed: one ONNX Runtime session, shared by all threads. Thread-safe. Owns native
 * memory: closed once by whoever opened it, after which it must not be used. Closing waits for the
 * embeddings under way; closing again does nothing.
 *
 * <p>It runs on the CPU, or on a provider whose embeddings were compared with the CPU's when it was
 * opened; should that provider fail later, the CPU takes over for good. {@link #provider()} says
 * which it is.
 */
public final class SpeakerEmbedder implements AutoCloseable {
  /** The networks pool over time with the unbiased deviation: fewer frames give no number. */
  public static final int LEAST_FRAMES = 9;

  /** Samples of one speech flag: 10 ms at 16 kHz. */
  static final int FLAG = 160;

  private static final int ANY_LENGTH = -1;
  private static final int PROBE_SAMPLES = 24_000;

  private static final Logger log = LoggerFactory.getLogger(SpeakerEmbedder.class);

  private final Model model;
  private final Contract contract;
  private final Acceleration acceleration;
  private final Map<String, Long> fixed;
  private final int samples;
  private final Fbank fbank = new Fbank();
  private final Queue<Scratch> scratches = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(this::newScratch);
  private final ReadWriteLock life = new ReentrantReadWriteLock();

  /** Guarded by {@link #life}, as are the two below. */
  private Network network;

  private ProviderCheck provider;
  private boolean closed;

  private SpeakerEmbedder(
      Model model,
      Contract contract,
      Acceleration acceleration,
      Map<String, Long> fixed,
      int samples,
      Acceleration.Opened opened) {
    this.model = model;
    this.contract = contract;
    this.acceleration = acceleration;
    this.fixed = fixed;
    this.samples = samples;
    this.network = opened.network();
    this.provider = opened.check();
  }

  /**
   * Opens a model for stretches of one length, on what suits the machine: {@link #open(Model, int,
   * ProviderChoice)} with {@link ProviderChoice#AUTO}.
   */
  public static SpeakerEmbedder open(Model model, int samples) {
    return open(model, samples, ProviderChoice.AUTO);
  }

  /**
   * Opens a model for stretches of one length: the graph's dynamic dimensions are fixed, which lets
   * the runtime optimise fully. (A dynamic dimension without a name cannot be fixed and stays
   * dynamic.) A provider other than the CPU is compared with it first and falls back to it if it
   * cannot be opened, fails, gives another embedding (cosine below 0.999), or, where the choice is
   * {@link ProviderChoice#AUTO}, is slower.
   *
   * @param samples length, in 16 kHz samples, of every stretch that will be embedded
   * @throws UnusableModel if the runtime refuses the model, or it takes another length only
   */
  public static SpeakerEmbedder open(Model model, int samples, ProviderChoice choice) {
    return open(model, samples, choice, choice.candidate(), Acceleration.ofRuntime());
  }

  static SpeakerEmbedder open(
      Model model,
      int samples,
      ProviderChoice choice,
      ExecutionProvider candidate,
      Acceleration acceleration) {
    if (Fbank.frames(samples) < LEAST_FRAMES) {
      throw new IllegalArgumentException(
          "samples: " + samples + " hold fewer than " + LEAST_FRAMES + " frames of 25 ms / 10 ms");
    }
    try {
      Contract contract = contract(model);
      int length = model.shortInput().lengthFor(samples);
      Map<String, Long> fixed = contract.fixed(length, length / FLAG);
      return new SpeakerEmbedder(
          model,
          contract,
          acceleration,
          fixed,
          samples,
          acceleration.open(model, contract, length, fixed, choice, candidate));
    } catch (IllegalArgumentException | OrtException e) {
      throw unusable(model, e);
    }
  }

  /** Opens a model for stretches of any length; on the CPU, which alone does not mind. */
  public static SpeakerEmbedder openForAnyLength(Model model) {
    try {
      Contract contract = contract(model);
      Acceleration acceleration = Acceleration.ofRuntime();
      return new SpeakerEmbedder(
          model,
          contract,
          acceleration,
          Map.of(),
          ANY_LENGTH,
          new Acceleration.Opened(
              acceleration.openOnCpu(model, contract, Map.of()),
              ProviderCheck.cpu(ProviderChoice.CPU, "stretches of any length")));
    } catch (IllegalArgumentException | OrtException e) {
      throw unusable(model, e);
    }
  }

  private static Contract contract(Model model) {
    OnnxGraph graph = OnnxGraph.read(model.bytes());
    SelfContained.require(graph);
    return Contract.of(graph);
  }

  private static UnusableModel unusable(Model model, Exception e) {
    return new UnusableModel(
        "The model "
            + model.name()
            + " (sha256 "
            + model.fingerprint()
            + ") cannot be opened: "
            + Acceleration.reason(e)
            + "; use another model or fetch this one again.",
        e);
  }

  /**
   * Length of the embeddings of a graph that does not state it.
   *
   * @throws OrtException if the graph does not run
   */
  static int probeDimension(byte[] file, Contract contract, ShortInput shortInput)
      throws OrtException {
    try (Network network = OnnxNetwork.open(file, contract, Map.of(), ExecutionProvider.CPU)) {
      return Acceleration.Stimulus.of(contract, shortInput.lengthFor(PROBE_SAMPLES))
          .run(network)
          .length;
    }
  }

  /** Version of the runtime that networks run on. */
  public static String runtimeVersion() {
    return InferenceRuntime.environment().getVersion();
  }

  public Model model() {
    return model;
  }

  /** What the model runs on now, and why. */
  public ProviderCheck provider() {
    life.readLock().lock();
    try {
      return provider;
    } finally {
      life.readLock().unlock();
    }
  }

  /**
   * Embeds one stretch of 16 kHz samples in [-1, 1).
   *
   * @param speech one flag per 10 ms of samples, {@code samples.length / 160} in all: where
   *     somebody speaks; only used by models that take weights
   * @return the raw, not normalised embedding, of the model's dimension, every value finite and not
   *     all of them zero
   * @throws EmbeddingFailed if the output is not finite or has no direction, or the stretch is too
   *     short (fewer than {@value #LEAST_FRAMES} frames)
   * @throws IllegalArgumentException if the embedder was opened for another length, or the flags do
   *     not fit the samples
   * @throws IllegalStateException if the embedder is closed
   */
  public float[] embed(float[] samples, boolean[] speech) {
    if (this.samples != ANY_LENGTH && samples.length != this.samples) {
      throw new IllegalArgumentException(
          "samples: length "
              + samples.length
              + ", but the embedder was opened for "
              + this.samples);
    }
    boolean weighted = model.kind() == InputKind.FEATURES_AND_WEIGHTS;
    if (weighted && speech.length != samples.length / FLAG) {
      throw new IllegalArgumentException(
          "speech: "
              + speech.length
              + " flags, but "
              + samples.length
              + " samples need "
              + samples.length / FLAG);
    }
    int frames = Fbank.frames(samples.length);
    if (frames < LEAST_FRAMES) {
      throw new EmbeddingFailed(
          "a stretch of " + frames + " frames is too short: the least is " + LEAST_FRAMES);
    }
    life.readLock().lock();
    boolean onCpu = provider.used() == ExecutionProvider.CPU;
    OrtException fault;
    try {
      if (closed) {
        throw new IllegalStateException("the embedder of model " + model.name() + " is closed");
      }
      return checked(run(samples, speech));
    } catch (OrtException e) {
      fault = e;
    } finally {
      life.readLock().unlock();
    }
    if (onCpu) {
      throw new EmbeddingFailed(
          "model " + model.name() + " failed on a stretch of " + frames + " frames", fault);
    }
    fallBack(fault);
    return embed(samples, speech);
  }

  /** A provider that fails once is not asked again: else each segment would be lost to it. */
  private void fallBack(OrtException fault) {
    life.writeLock().lock();
    try {
      if (closed || provider.used() == ExecutionProvider.CPU) {
        return;
      }
      Network cpu = acceleration.openOnCpu(model, contract, fixed);
      Acceleration.close(network);
      network = cpu;
      provider = provider.gaveUp(provider.tried() + " failed (" + Acceleration.reason(fault) + ")");
      log.warn("model {} falls back to the CPU: {}", model.name(), provider);
    } catch (OrtException e) {
      throw new EmbeddingFailed("model " + model.name() + " cannot be opened on the CPU", e);
    } finally {
      life.writeLock().unlock();
    }
  }

  private float[] run(float[] stretch, boolean[] speech) throws OrtException {
    float[] whole = model.shortInput().lengthen(stretch);
    float[] input =
        contract.kind() == InputKind.WAVEFORM
            ? whole
            : fbank.computeCentred(stretch, 0, stretch.length).values();
    int flags = stretch.length / FLAG;
    Scratch mine = scratch.get();
    return network.run(
        mine.audio(input),
        contract.shape(contract.audio(), whole.length, flags),
        contract.kind() == InputKind.FEATURES_AND_WEIGHTS ? mine.weights(speech) : mine.weights,
        new long[] {1, flags});
  }

  private float[] checked(float[] embedding) {
    if (embedding.length != model.dimension()) {
      throw new EmbeddingFailed(
          "model "
              + model.name()
              + " gave "
              + embedding.length
              + " values where "
              + model.dimension()
              + " were announced");
    }
    boolean zero = true;
    for (float value : embedding) {
      if (!Float.isFinite(value)) {
        throw new EmbeddingFailed(
            "model "
                + model.name()
                + " gave values that are not finite"
                + (contract.kind() == InputKind.FEATURES_AND_WEIGHTS
                    ? "; a stretch with hardly any speech gives it nothing to weigh"
                    : ""));
      }
      zero &= value == 0;
    }
    if (zero) {
      throw new EmbeddingFailed(
          "model " + model.name() + " gave only zeros, which have no direction to compare");
    }
    return embedding;
  }

  @Override
  public void close() {
    life.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        scratches.forEach(Scratch::release);
        scratches.clear();
        network.close();
      }
    } finally {
      life.writeLock().unlock();
    }
  }

  private Scratch newScratch() {
    Scratch mine = new Scratch();
    scratches.add(mine);
    return mine;
  }

  /** One thread's direct memory, as large as the longest stretch it has seen. */
  private static final class Scratch {
    private static final FloatBuffer NONE = direct(0);

    private FloatBuffer audio = NONE;
    private FloatBuffer weights = NONE;

    FloatBuffer audio(float[] values) {
      if (audio.capacity() < values.length) {
        audio = direct(values.length);
      }
      return audio.clear().put(values).flip();
    }

    FloatBuffer weights(boolean[] speech) {
      if (weights.capacity() < speech.length) {
        weights = direct(speech.length);
      }
      weights.clear();
      for (boolean speaks : speech) {
        weights.put(speaks ? 1f : 0f);
      }
      return weights.flip();
    }

    void release() {
      audio = NONE;
      weights = NONE;
    }

    private static FloatBuffer direct(int floats) {
      return ByteBuffer.allocateDirect(floats * Float.BYTES)
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
    }
  }
}
