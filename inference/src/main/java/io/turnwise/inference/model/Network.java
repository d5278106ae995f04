package io.turnwise.inference.model;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A network that is ready to run, and the owner of its native memory. Calls may overlap; closing
 * must not overlap with a call, which the owner sees to.
 */
interface Network extends AutoCloseable {
  /**
   * Runs the network on one stretch.
   *
   * @param audio features or samples of {@code shape}; direct, in native order: not copied
   * @param weights weights of {@code weightsShape}; ignored where the contract has none
   * @return the embedding, of whatever length the network gives
   */
  float[] run(FloatBuffer audio, long[] shape, FloatBuffer weights, long[] weightsShape)
      throws OrtException;

  @Override
  void close();

  /** Opens networks on providers: ONNX Runtime, or what a test puts in its place. */
  @FunctionalInterface
  interface Opener {
    /**
     * @param fixed named dynamic dimensions and the sizes they will always have; empty: any length
     * @throws OrtException if the runtime refuses the file or the provider
     */
    Network open(
        byte[] file, Contract contract, Map<String, Long> fixed, ExecutionProvider provider)
        throws OrtException;
  }
}
