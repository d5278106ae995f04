package io.turnwise.inference.model;

import ai.onnxruntime.OrtEnvironment;
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

/**
 * A model ready to embed: one ONNX Runtime session, shared by all threads. Thread-safe. Owns native
 * memory: closed once by whoever opened it, after which it must not be used. Closing waits for the
 * embeddings under way; closing again does nothing.
 */
public final class SpeakerEmbedder implements AutoCloseable {
  /** The networks pool over time with the unbiased deviation: fewer frames give no number. */
  public static final int LEAST_FRAMES = 9;

  /** Samples of one speech flag: 10 ms at 16 kHz. */
  static final int FLAG = 160;

  private static final int ANY_LENGTH = -1;
  private static final int PROBE_SAMPLES = 24_000;

  private final Model model;
  private final Contract contract;
  private final Network network;
  private final int samples;
  private final Fbank fbank = new Fbank();
  private final Queue<Scratch> scratches = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(this::newScratch);
  private final ReadWriteLock life = new ReentrantReadWriteLock();
  private boolean closed;

  private SpeakerEmbedder(Model model, Contract contract, Network network, int samples) {
    this.model = model;
    this.contract = contract;
    this.network = network;
    this.samples = samples;
  }

  /**
   * Opens a model for stretches of one length: the graph's dynamic dimensions are fixed, which lets
   * the runtime optimise fully. (A dynamic dimension without a name cannot be fixed and stays
   * dynamic.)
   *
   * @param samples length, in 16 kHz samples, of every stretch that will be embedded
   * @throws UnusableModel if the runtime refuses the model, or it takes another length only
   */
  public static SpeakerEmbedder open(Model model, int samples) {
    if (Fbank.frames(samples) < LEAST_FRAMES) {
      throw new IllegalArgumentException(
          "samples: " + samples + " hold fewer than " + LEAST_FRAMES + " frames of 25 ms / 10 ms");
    }
    try {
      Contract contract = Contract.of(OnnxGraph.read(model.bytes()));
      Map<String, Long> fixed = contract.fixed(samples, samples / FLAG);
      Network network =
          Acceleration.open(model, contract, samples, fixed, ExecutionProvider.preferred());
      return new SpeakerEmbedder(model, contract, network, samples);
    } catch (IllegalArgumentException | OrtException e) {
      throw unusable(model, e);
    }
  }

  /** Opens a model for stretches of any length; on the CPU, which alone does not mind. */
  public static SpeakerEmbedder openForAnyLength(Model model) {
    try {
      Contract contract = Contract.of(OnnxGraph.read(model.bytes()));
      Network network = Network.open(model.bytes(), contract, Map.of(), ExecutionProvider.CPU);
      return new SpeakerEmbedder(model, contract, network, ANY_LENGTH);
    } catch (IllegalArgumentException | OrtException e) {
      throw unusable(model, e);
    }
  }

  private static UnusableModel unusable(Model model, Exception e) {
    return new UnusableModel(
        "The model "
            + model.name()
            + " (sha256 "
            + model.fingerprint()
            + ") cannot be opened: "
            + e.getMessage()
            + "; use another model or fetch this one again.",
        e);
  }

  /**
   * Length of the embeddings of a graph that does not state it.
   *
   * @throws OrtException if the graph does not run
   */
  static int probeDimension(byte[] file, Contract contract) throws OrtException {
    try (Network network = Network.open(file, contract, Map.of(), ExecutionProvider.CPU)) {
      return Acceleration.probe(network, contract, PROBE_SAMPLES).length;
    }
  }

  /** Version of the runtime that networks run on. */
  public static String runtimeVersion() {
    return OrtEnvironment.getEnvironment("turnwise").getVersion();
  }

  public Model model() {
    return model;
  }

  /**
   * Embeds one stretch of 16 kHz samples in [-1, 1).
   *
   * @param speech one flag per 10 ms of samples, {@code samples.length / 160} in all: where
   *     somebody speaks; only used by models that take weights
   * @return the raw, not normalised embedding, of the model's dimension, every value finite
   * @throws EmbeddingFailed if the output is not finite or the stretch is too short (fewer than
   *     {@value #LEAST_FRAMES} frames)
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
    try {
      if (closed) {
        throw new IllegalStateException("the embedder of model " + model.name() + " is closed");
      }
      return checked(run(samples, speech));
    } catch (OrtException e) {
      throw new EmbeddingFailed(
          "model " + model.name() + " failed on a stretch of " + frames + " frames", e);
    } finally {
      life.readLock().unlock();
    }
  }

  private float[] run(float[] stretch, boolean[] speech) throws OrtException {
    float[] input =
        contract.kind() == InputKind.WAVEFORM
            ? stretch
            : fbank.computeCentred(stretch, 0, stretch.length).values();
    int flags = stretch.length / FLAG;
    Scratch mine = scratch.get();
    return network.run(
        mine.audio(input),
        contract.shape(contract.audio(), stretch.length, flags),
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
    for (float value : embedding) {
      if (!Float.isFinite(value)) {
        throw new EmbeddingFailed("model " + model.name() + " gave values that are not finite");
      }
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
