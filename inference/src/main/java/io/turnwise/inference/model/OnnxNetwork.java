package io.turnwise.inference.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.turnwise.inference.model.OnnxGraph.Dimension;
import io.turnwise.inference.model.OnnxGraph.Value;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** One ONNX Runtime session: the owner of the native network. */
final class OnnxNetwork implements Network {
  /** Hundreds of times what the largest known networks take for a segment on one core. */
  private static final Duration LONGEST_RUN = Duration.ofSeconds(60);

  /** What an axis that is open is on trial: as many frames, or samples, as 1.5 s have. */
  private static final long TRIAL_FRAMES = 148;

  private static final long TRIAL_SAMPLES = 24_000;

  /** Times as long, a minute: what wants more is not tried. */
  private static final long MOST_TRIALS = 40;

  private final Contract contract;
  private final OrtEnvironment environment;
  private final OrtSession session;

  private OnnxNetwork(Contract contract, OrtEnvironment environment, OrtSession session) {
    this.contract = contract;
    this.environment = environment;
    this.session = session;
  }

  /**
   * Opens a network and, on the CPU, runs it once: what never ends would hold its thread for good.
   *
   * @param fixed named dynamic dimensions and the sizes they will always have; empty: any length
   * @throws OrtException if the runtime refuses the file or the provider, or the run does not end
   */
  static OnnxNetwork open(
      byte[] file, Contract contract, Map<String, Long> fixed, ExecutionProvider provider)
      throws OrtException {
    return open(file, contract, fixed, provider, LONGEST_RUN);
  }

  static OnnxNetwork open(
      byte[] file,
      Contract contract,
      Map<String, Long> fixed,
      ExecutionProvider provider,
      Duration longestRun)
      throws OrtException {
    OnnxNetwork network = create(file, contract, fixed, provider);
    // Another provider may compile the network in its first run, which takes minutes.
    if (provider == ExecutionProvider.CPU) {
      try {
        network.requireEnd(fixed, longestRun);
      } catch (OrtException e) {
        network.close();
        throw e;
      }
    }
    return network;
  }

  private static OnnxNetwork create(
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

  /** Whatever it gives, and whether it fails, is seen when it is used. */
  private void requireEnd(Map<String, Long> fixed, Duration longestRun) throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try (RunOptions options = new RunOptions();
        Deadline deadline = Deadline.in(longestRun, () -> options.setTerminate(true))) {
      inputs.put(contract.audio().name(), silence(trialShape(contract.audio(), fixed)));
      if (contract.kind() == InputKind.FEATURES_AND_WEIGHTS) {
        inputs.put(contract.weights().name(), silence(trialShape(contract.weights(), fixed)));
      }
      try {
        session.run(inputs, Set.of(contract.output()), options).close();
      } catch (OrtException e) {
        if (deadline.passed()) {
          throw new OrtException("a run does not end within " + longestRun.toSeconds() + " s");
        }
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor silence(long[] shape) throws OrtException {
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return OnnxTensor.createTensor(
        environment, Acceleration.direct(new float[Math.toIntExact(count)]), shape);
  }

  private long[] trialShape(Value input, Map<String, Long> fixed) {
    long[] shape = new long[input.dimensions().size()];
    for (int axis = 0; axis < shape.length; axis++) {
      Dimension dimension = input.dimensions().get(axis);
      long open =
          switch (axis) {
            case 0 -> 1;
            case 1 -> contract.kind() == InputKind.WAVEFORM ? TRIAL_SAMPLES : TRIAL_FRAMES;
            default -> contract.bins();
          };
      long wanted =
          dimension.dynamic() ? fixed.getOrDefault(dimension.name(), open) : dimension.size();
      shape[axis] = Math.min(wanted, MOST_TRIALS * open);
    }
    return shape;
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
      OnnxTensor output = (OnnxTensor) result.get(0);
      long count = output.getInfo().getNumElements();
      if (count < 1 || count > Contract.MOST_DIMENSIONS) {
        throw new OrtException(
            "gives "
                + count
                + " values, and embeddings have 1 to "
                + Contract.MOST_DIMENSIONS
                + " dimensions");
      }
      FloatBuffer values = output.getFloatBuffer();
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
