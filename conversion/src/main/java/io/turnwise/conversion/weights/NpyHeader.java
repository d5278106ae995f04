package io.turnwise.conversion.weights;

import io.turnwise.conversion.weights.WeightsFile.Malformed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code .npy} file says before its numbers, format versions 1 to 3 (numpy.lib.format).
 *
 * @param type NumPy's name of the numbers' type: {@code <f4}
 * @param fortranOrder whether the first index runs fastest
 * @param shape sizes of the dimensions
 * @param length bytes of the header: where the numbers begin
 */
record NpyHeader(String type, boolean fortranOrder, List<Integer> shape, int length) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST = 65_535;
  private static final Pattern FIELD =
      Pattern.compile(
          "\\s*'(\\w+)'\\s*:\\s*('[^']*'|True|False|\\([\\d,\\s]*\\))\\s*(?:,|(?=\\s*\\}))");
  private static final Pattern SIZED = Pattern.compile("[<>|=][biufcV](\\d{1,3})");
  private static final Set<String> FIELDS = Set.of("descr", "fortran_order", "shape");
  private static final int MOST_DIMENSIONS = 32;

  /**
   * @param name the array's name, for errors
   */
  static NpyHeader read(String name, InputStream in) throws IOException, Malformed {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2
        || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new Malformed("holds no NumPy array under the name " + name);
    }
    int version = start[MAGIC.length];
    if (version < 1 || version > 3) {
      throw new Malformed(
          "holds " + name + " in version " + version + " of NumPy's format, and known are 1 to 3");
    }
    int width = version == 1 ? Short.BYTES : Integer.BYTES;
    byte[] size = in.readNBytes(width);
    if (size.length < width) {
      throw truncated(name);
    }
    ByteBuffer littleEndian = ByteBuffer.wrap(size).order(ByteOrder.LITTLE_ENDIAN);
    long length = version == 1 ? littleEndian.getShort() & 0xffff : littleEndian.getInt() & 0xffffffffL;
    if (length > LONGEST) {
      throw new Malformed("says that the header of " + name + " takes " + length + " bytes");
    }
    byte[] text = in.readNBytes((int) length);
    if (text.length < length) {
      throw truncated(name);
    }
    return parse(
        name, new String(text, StandardCharsets.UTF_8), start.length + width + text.length);
  }

  private static NpyHeader parse(String name, String text, int length) throws Malformed {
    Map<String, String> fields = new HashMap<>();
    int at = text.indexOf('{') + 1;
    Matcher field = FIELD.matcher(text);
    while (field.region(at, text.length()).lookingAt()) {
      if (fields.put(field.group(1), field.group(2)) != null) {
        throw unreadable(name);
      }
      at = field.end();
    }
    boolean closed = at > 0 && text.substring(at).strip().equals("}");
    if (!closed
        || !text.substring(0, text.indexOf('{')).isBlank()
        || !fields.keySet().equals(FIELDS)) {
      throw unreadable(name);
    }
    String descr = fields.get("descr");
    String order = fields.get("fortran_order");
    String shape = fields.get("shape");
    if (!descr.startsWith("'") || !order.matches("True|False") || !shape.startsWith("(")) {
      throw unreadable(name);
    }
    return new NpyHeader(
        descr.substring(1, descr.length() - 1),
        order.equals("True"),
        shape(name, shape.substring(1, shape.length() - 1).strip()),
        length);
  }

  private static List<Integer> shape(String name, String sizes) throws Malformed {
    List<Integer> shape = new ArrayList<>();
    // without a limit, split drops what follows the last comma of (3,)
    for (String size : sizes.isEmpty() ? new String[0] : sizes.split(",")) {
      try {
        shape.add(Integer.parseInt(size.strip()));
      } catch (NumberFormatException e) {
        throw new Malformed("says that " + name + " is of a shape that is none", e);
      }
    }
    if (shape.size() > MOST_DIMENSIONS) {
      throw unreadable(name);
    }
    WeightsFile.count(name, shape);
    return List.copyOf(shape);
  }

  /** Bytes a number takes; 0 where the type is none of a fixed size. */
  int elementSize() {
    Matcher sized = SIZED.matcher(type);
    return sized.matches() ? Integer.parseInt(sized.group(1)) : 0;
  }

  /**
   * @throws Malformed if the numbers are not floating point
   */
  ElementType elementType(String name) throws Malformed {
    switch (type) {
      case "<f2", ">f2":
        return ElementType.FLOAT16;
      case "<f4", ">f4":
        return ElementType.FLOAT32;
      case "<f8", ">f8":
        return ElementType.FLOAT64;
      case "|O":
        throw new Malformed(
            "holds " + name + " as pickled Python objects, which are programs and are not read");
      default:
        throw new Malformed(
            "holds "
                + name
                + " as "
                + printable(type)
                + ", and known are float16, float32 and float64 (f2, f4, f8)");
    }
  }

  ByteOrder byteOrder() {
    return type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  private static String printable(String text) {
    return text.length() <= 20 && text.chars().allMatch(c -> c >= ' ' && c < 0x7f)
        ? text
        : "something";
  }

  private static Malformed truncated(String name) {
    return new Malformed("is truncated: it breaks off within " + name);
  }

  private static Malformed unreadable(String name) {
    return new Malformed("describes " + name + " as no plain array of numbers");
  }
}
