package io.turnwise.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes archives of NumPy arrays, right ones and wrong ones. */
public final class NpzBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipOutputStream zip = new ZipOutputStream(bytes);

  /** An array of float32, stored as MLX and NumPy's {@code savez} do. */
  public NpzBytes array(String name, int[] shape, float[] values) {
    return stored(name + ".npy", npy("<f4", shape, littleEndian(values)));
  }

  /** An array of float32, deflated. */
  public NpzBytes deflated(String name, int[] shape, float[] values) {
    return deflated(name + ".npy", npy("<f4", shape, littleEndian(values)));
  }

  public NpzBytes stored(String file, byte[] content) {
    ZipEntry entry = new ZipEntry(file);
    CRC32 sum = new CRC32();
    sum.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    return add(entry, content);
  }

  public NpzBytes deflated(String file, byte[] content) {
    return add(new ZipEntry(file), content);
  }

  private NpzBytes add(ZipEntry entry, byte[] content) {
    try {
      zip.putNextEntry(entry);
      zip.write(content);
      zip.closeEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public byte[] file() {
    try {
      zip.close();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A {@code .npy} file of format version 1. */
  public static byte[] npy(String type, int[] shape, byte[] numbers) {
    String sizes =
        Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    return npy(
        "{'descr': '"
            + type
            + "', 'fortran_order': False, 'shape': ("
            + sizes
            + (shape.length == 1 ? "," : "")
            + "), }",
        numbers);
  }

  /** A {@code .npy} file of format version 1 with any header. */
  public static byte[] npy(String header, byte[] numbers) {
    int padding = 63 - (10 + header.length()) % 64;
    byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(10 + text.length + numbers.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .put(numbers)
        .array();
  }

  static byte[] littleEndian(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
