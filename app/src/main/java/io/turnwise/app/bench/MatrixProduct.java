package io.turnwise.app.bench;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.turnwise.inference.model.InferenceRuntime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * What one core can attain: the float32 product of two square matrices in ONNX Runtime, on one
 * thread. Owns native memory; closed by whoever made it. Not thread-safe.
 */
final class MatrixProduct implements AutoCloseable {
  static final int SIZE = 768;

  /** Of one product: a multiplication and an addition for each of its terms. */
  static final double FLOATING_POINT_OPERATIONS = 2.0 * SIZE * SIZE * SIZE;

  private final OrtSession session;
  private final OnnxTensor left;
  private final OnnxTensor right;

  MatrixProduct() {
    OrtEnvironment environment = InferenceRuntime.environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = environment.createSession(model(), options);
      left = matrix(environment);
      right = matrix(environment);
    } catch (OrtException e) {
      throw new IllegalStateException("the runtime cannot multiply matrices", e);
    }
  }

  void multiply() {
    try (OrtSession.Result result = session.run(Map.of("a", left, "b", right))) {
      if (result.size() != 1) {
        throw new IllegalStateException("the product gave " + result.size() + " matrices");
      }
    } catch (OrtException e) {
      throw new IllegalStateException("the runtime cannot multiply matrices", e);
    }
  }

  private static OnnxTensor matrix(OrtEnvironment environment) throws OrtException {
    ByteBuffer values =
        ByteBuffer.allocateDirect(SIZE * SIZE * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < SIZE * SIZE; i++) {
      values.putFloat(i % 7 - 3);
    }
    return OnnxTensor.createTensor(
        environment, values.flip().asFloatBuffer(), new long[] {SIZE, SIZE});
  }

  private static byte[] model() {
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(14))
        .setGraph(
            GraphProto.newBuilder()
                .setName("product")
                .addNode(
                    NodeProto.newBuilder()
                        .setOpType("MatMul")
                        .addInput("a")
                        .addInput("b")
                        .addOutput("c"))
                .addInput(square("a"))
                .addInput(square("b"))
                .addOutput(square("c")))
        .build()
        .toByteArray();
  }

  private static ValueInfoProto square(String name) {
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE);
    tensor.getShapeBuilder().addDimBuilder().setDimValue(SIZE);
    tensor.getShapeBuilder().addDimBuilder().setDimValue(SIZE);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  @Override
  public void close() {
    left.close();
    right.close();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("the session could not be closed", e);
    }
  }
}
