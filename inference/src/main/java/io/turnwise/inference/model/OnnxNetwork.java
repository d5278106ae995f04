package io.turnwise.inference.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** One ONNX Runtime session: the owner of the native network. */
final class OnnxNetwork implements Network {
  private final Contract contract;
  private final OrtEnvironment environment;
  private final OrtSession session;

  private OnnxNetwork(Contract contract, OrtEnvironment environment, OrtSession session) {
    this.contract = contract;
    this.environment = environment;
    this.session = session;
  }

  /**
   * @param fixed named dynamic dimensions and the sizes they will always have; empty: any length
   * @throws OrtException if the runtime refuses the file or the provider
   */
  static OnnxNetwork open(
      byte[] file, Contract contract, Map<String, Long> fixed, ExecutionProvider provider)
      throws OrtException {
    OrtEnvironment environment = InferenceRuntime.environment();
    environment.setTelemetry(false);
    try (SessionOptions options = new SessionOptions()) {
      // one caller a core makes the best use of cores; a pool of its own would only compete
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      // Else bytes that were checked as ONNX could be run as the runtime's own format.
      options.addConfigEntry("session.load_model_format", "ONNX");
      for (Map.Entry<String, Long> dimension : fixed.entrySet()) {
        options.setSymbolicDimensionValue(dimension.getKey(), dimension.getValue());
      }
      if (fixed.isEmpty()) {
        // each new length would be planned for and grow the arena for good
        options.setMemoryPatternOptimization(false);
        options.setCPUArenaAllocator(false);
      }
      if (provider != ExecutionProvider.CPU) {
        // a replay must give the same bytes
        options.setDeterministicCompute(true);
      }
      provider.addTo(options);
      return new OnnxNetwork(contract, environment, environment.createSession(file, options));
    }
  }

  @Override
  public float[] run(FloatBuffer audio, long[] shape, FloatBuffer weights, long[] weightsShape)
      throws OrtException {
    try (OnnxTensor audioTensor = OnnxTensor.createTensor(environment, audio, shape)) {
      if (contract.kind() != InputKind.FEATURES_AND_WEIGHTS) {
        return run(Map.of(contract.audio().name(), audioTensor));
      }
      try (OnnxTensor weightsTensor = OnnxTensor.createTensor(environment, weights, weightsShape)) {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        inputs.put(contract.audio().name(), audioTensor);
        inputs.put(contract.weights().name(), weightsTensor);
        return run(inputs);
      }
    }
  }

  private float[] run(Map<String, OnnxTensor> inputs) throws OrtException {
    try (OrtSession.Result result = session.run(inputs, Set.of(contract.output()))) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] embedding = new float[values.remaining()];
      values.get(embedding);
      return embedding;
    }
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("the network could not be closed", e);
    }
  }
}
