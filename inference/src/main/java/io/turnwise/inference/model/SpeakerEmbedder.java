package io.turnwise.inference.model;

/**
 * A model ready to embed: one ONNX Runtime session, shared by all threads. Thread-safe. Owns native
 * memory: closed once by whoever opened it, after which it must not be used.
 */
public final class SpeakerEmbedder implements AutoCloseable {
  /**
   * Opens a model for stretches of one length: the graph's dynamic dimensions are fixed, which lets
   * the runtime optimise fully.
   *
   * @param samples length, in 16 kHz samples, of every stretch that will be embedded
   */
  public static SpeakerEmbedder open(Model model, int samples) {
    throw new IllegalStateException("stub");
  }

  /** Opens a model for stretches of any length. */
  public static SpeakerEmbedder openForAnyLength(Model model) {
    throw new IllegalStateException("stub");
  }

  public Model model() {
    throw new IllegalStateException("stub");
  }

  /**
   * Embeds one stretch of 16 kHz samples in [-1, 1).
   *
   * @param speech one flag per 10 ms frame: where somebody speaks; used by models that take weights
   * @return the raw, not normalised embedding, of the model's dimension, every value finite
   * @throws EmbeddingFailed if the output is not finite or the stretch is too short (fewer than 9
   *     frames)
   */
  public float[] embed(float[] samples, boolean[] speech) {
    throw new IllegalStateException("stub");
  }

  @Override
  public void close() {}
}
