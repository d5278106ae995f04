package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values of ONNX tensors, which lie in a field of their type or as raw little-endian bytes. */
final class Tensors {
  private Tensors() {}

  static boolean isFloat(TensorProto tensor) {
    return tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE;
  }

  /**
   * @throws IllegalArgumentException if it is not of float32, or not as long as its dimensions say
   */
  static float[] floats(TensorProto tensor) {
    if (!isFloat(tensor)) {
      throw new IllegalArgumentException("tensor '" + tensor.getName() + "' is not of float32");
    }
    long size = 1;
    for (long dimension : tensor.getDimsList()) {
      size = Math.multiplyExact(size, dimension);
    }
    float[] values;
    if (tensor.hasRawData()) {
      ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      values = new float[raw.remaining() / Float.BYTES];
      raw.asFloatBuffer().get(values);
    } else {
      values = new float[tensor.getFloatDataCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = tensor.getFloatData(i);
      }
    }
    if (values.length != size) {
      throw new IllegalArgumentException(
          "tensor '"
              + tensor.getName()
              + "' has "
              + values.length
              + " values where its dimensions "
              + tensor.getDimsList()
              + " make "
              + size);
    }
    return values;
  }

  static TensorProto ofFloats(String name, float[] values, long... dimensions) {
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return raw(name, TensorProto.DataType.FLOAT_VALUE, raw.array(), dimensions);
  }

  static TensorProto ofInts(String name, int[] values, long... dimensions) {
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asIntBuffer().put(values);
    return raw(name, TensorProto.DataType.INT32_VALUE, raw.array(), dimensions);
  }

  static TensorProto ofSignedBytes(String name, byte[] values, long... dimensions) {
    return raw(name, TensorProto.DataType.INT8_VALUE, values, dimensions);
  }

  static TensorProto ofUnsignedByte(String name, int value) {
    return raw(name, TensorProto.DataType.UINT8_VALUE, new byte[] {(byte) value});
  }

  private static TensorProto raw(String name, int type, byte[] values, long... dimensions) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .setRawData(ByteString.copyFrom(values));
    for (long dimension : dimensions) {
      tensor.addDims(dimension);
    }
    return tensor.build();
  }
}
