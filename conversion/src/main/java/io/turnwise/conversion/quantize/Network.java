package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.InferenceRuntime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A model in ONNX Runtime that gives any of its tensors, not only its outputs. One thread, one run
 * at a time. Owns native memory; closed by whoever opened it.
 */
final class Network implements AutoCloseable {
  private static final String WEIGHTS = "weights";

  private final OrtEnvironment environment = InferenceRuntime.environment();
  private final OrtSession session;

  /**
   * @param more tensors, besides its outputs, that the model will be asked for
   * @throws OrtException if the runtime refuses the model
   */
  Network(ModelProto model, Collection<String> more) throws OrtException {
    ModelProto.Builder open = model.toBuilder();
    for (String tensor : more) {
      open.getGraphBuilder().addOutput(ValueInfoProto.newBuilder().setName(tensor));
    }
    environment.setTelemetry(false);
    try (SessionOptions options = new SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      // Weights of eight bits are judged by exact sums, not by how this processor saturates.
      options.addConfigEntry("session.x64quantprecision", "1");
      session = environment.createSession(open.build().toByteArray(), options);
    }
  }

  /** Receives one tensor; the values are its own. */
  interface Receiver {
    void accept(String tensor, long[] shape, float[] values);
  }

  /** Hands over the wanted tensors of one stretch, in no particular order. */
  void run(Features features, Set<String> wanted, Receiver receiver) throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    try {
      for (String input : session.getInputNames()) {
        inputs.put(input, input.equals(WEIGHTS) ? everyFrame(features.frames()) : tensor(features));
      }
      try (OrtSession.Result result = session.run(inputs, wanted)) {
        for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
          OnnxTensor tensor = (OnnxTensor) output.getValue();
          FloatBuffer buffer = tensor.getFloatBuffer();
          float[] values = new float[buffer.remaining()];
          buffer.get(values);
          receiver.accept(output.getKey(), tensor.getInfo().getShape(), values);
        }
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor tensor(Features features) throws OrtException {
    return tensor(features.values(), 1, features.frames(), features.bins());
  }

  private OnnxTensor everyFrame(int frames) throws OrtException {
    float[] speech = new float[frames];
    Arrays.fill(speech, 1);
    return tensor(speech, 1, frames);
  }

  private OnnxTensor tensor(float[] values, long... shape) throws OrtException {
    FloatBuffer direct =
        ByteBuffer.allocateDirect(values.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .put(values)
            .flip();
    return OnnxTensor.createTensor(environment, direct, shape);
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
