package io.turnwise.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.StringJoiner;

/** Writes safetensors files, right ones and wrong ones. */
public final class SafetensorsBytes {
  private final StringJoiner header =
      new StringJoiner(",", "{\"__metadata__\":{\"format\":\"pt\"},", "}");
  private final ByteArrayOutputStream numbers = new ByteArrayOutputStream();

  public SafetensorsBytes array(String name, int[] shape, float[] values) {
    return array(name, "F32", shape, NpzBytes.littleEndian(values));
  }

  public SafetensorsBytes array(String name, String type, int[] shape, byte[] bytes) {
    header.add(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(
                name, type, Arrays.toString(shape), numbers.size(), numbers.size() + bytes.length));
    numbers.writeBytes(bytes);
    return this;
  }

  public byte[] file() {
    return file(header.toString(), numbers.toByteArray());
  }

  /** A file with any header. */
  public static byte[] file(String header, byte[] numbers) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return file(json.length, json, numbers);
  }

  /** A file that says its header has this length. */
  public static byte[] file(long headerLength, byte[] header, byte[] numbers) {
    return ByteBuffer.allocate(Long.BYTES + header.length + numbers.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(header)
        .put(numbers)
        .array();
  }
}
