package io.turnwise.conversion.weights;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The safetensors format (github.com/huggingface/safetensors): the length of a JSON header, the
 * header, the numbers, little-endian. The arrays must fill the rest of the file: no overlap, no
 * hole.
 */
final class SafetensorsFile extends WeightsFile {
  private static final int LONGEST_HEADER = 16 << 20;
  private static final String METADATA = "__metadata__";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final SeekableByteChannel channel;
  private final long numbersFrom;
  private final Map<String, Array> arrays;

  private SafetensorsFile(
      Path path, SeekableByteChannel channel, long numbersFrom, Map<String, Array> arrays) {
    super(path);
    this.channel = channel;
    this.numbersFrom = numbersFrom;
    this.arrays = arrays;
  }

  /** One array; its place is counted from the end of the header. */
  private record Array(String name, String type, List<Integer> shape, long from, long to) {}

  static SafetensorsFile at(Path path, long size) throws IOException, Malformed {
    SeekableByteChannel channel = Files.newByteChannel(path);
    try {
      long length = bytes(channel, 0, Long.BYTES).getLong();
      if (length < 2 || length > LONGEST_HEADER) {
        throw new Malformed(
            "says that its header takes "
                + Long.toUnsignedString(length)
                + " bytes, and known are 2 to "
                + LONGEST_HEADER);
      }
      long numbersFrom = Long.BYTES + length;
      if (numbersFrom > size) {
        throw new Malformed("is truncated: it breaks off within its header");
      }
      Map<String, Array> arrays =
          arrays(header(bytes(channel, Long.BYTES, (int) length).array()), size - numbersFrom);
      return new SafetensorsFile(path, channel, numbersFrom, arrays);
    } catch (IOException | Malformed | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static ByteBuffer bytes(SeekableByteChannel channel, long from, int count)
      throws IOException, Malformed {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    channel.position(from);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new Malformed("is truncated: it breaks off at byte " + channel.position());
      }
    }
    return bytes.flip();
  }

  private static JsonNode header(byte[] json) throws IOException, Malformed {
    try {
      return JSON.readTree(json);
    } catch (JacksonException e) {
      throw new Malformed("has a header that is no JSON", e);
    }
  }

  private static Map<String, Array> arrays(JsonNode header, long bytes) throws Malformed {
    if (!header.isObject()) {
      throw new Malformed("has a header that is no JSON object");
    }
    if (header.size() > MOST_ARRAYS) {
      throw new Malformed("holds " + header.size() + " arrays, and more than " + MOST_ARRAYS + " are not read");
    }
    Map<String, Array> arrays = new LinkedHashMap<>();
    for (Iterator<Map.Entry<String, JsonNode>> fields = header.fields(); fields.hasNext(); ) {
      Map.Entry<String, JsonNode> field = fields.next();
      if (!field.getKey().equals(METADATA)) {
        requireName(field.getKey());
        arrays.put(field.getKey(), array(field.getKey(), field.getValue()));
      }
    }
    requireToFill(bytes, arrays);
    return Collections.unmodifiableMap(arrays);
  }

  private static Array array(String name, JsonNode described) throws Malformed {
    JsonNode type = described.path("dtype");
    JsonNode sizes = described.path("shape");
    JsonNode place = described.path("data_offsets");
    if (!type.isTextual() || !sizes.isArray() || !place.isArray() || place.size() != 2) {
      throw new Malformed("describes " + name + " without dtype, shape and data_offsets");
    }
    List<Integer> shape = new ArrayList<>();
    for (JsonNode size : sizes) {
      if (!size.isIntegralNumber() || !size.canConvertToInt() || size.intValue() < 0) {
        throw new Malformed("describes " + name + " with a shape that is none");
      }
      shape.add(size.intValue());
    }
    long count = count(name, shape);
    JsonNode from = place.get(0);
    JsonNode to = place.get(1);
    if (!from.isIntegralNumber()
        || !to.isIntegralNumber()
        || !from.canConvertToLong()
        || !to.canConvertToLong()
        || from.longValue() < 0
        || to.longValue() < from.longValue()) {
      throw new Malformed("describes " + name + " with data_offsets that are no place in a file");
    }
    int elementSize = elementSize(type.textValue());
    long length = to.longValue() - from.longValue();
    if (elementSize > 0 && length != count * elementSize) {
      throw new Malformed(
          "says that "
              + name
              + " is "
              + type.textValue()
              + " of shape "
              + shape
              + ", which takes "
              + count * elementSize
              + " bytes, but gives it "
              + length);
    }
    return new Array(name, type.textValue(), List.copyOf(shape), from.longValue(), to.longValue());
  }

  private static void requireToFill(long bytes, Map<String, Array> arrays) throws Malformed {
    List<Array> inOrder = new ArrayList<>(arrays.values());
    inOrder.sort(Comparator.comparingLong(Array::from).thenComparingLong(Array::to));
    long at = 0;
    String before = "the header";
    for (Array array : inOrder) {
      if (array.to > bytes) {
        throw new Malformed(
            "is truncated: "
                + array.name
                + " ends at byte "
                + array.to
                + " of the numbers, and there are "
                + bytes);
      }
      if (array.from < at) {
        throw new Malformed("lays " + array.name + " over " + before);
      }
      if (array.from > at) {
        throw new Malformed(
            "has "
                + (array.from - at)
                + " bytes between "
                + before
                + " and "
                + array.name
                + " that belong to nothing");
      }
      at = array.to;
      before = array.name;
    }
    if (at < bytes) {
      throw new Malformed("has " + (bytes - at) + " bytes after " + before + " that belong to nothing");
    }
  }

  /** Bytes a number takes; 0 where the type is not known. */
  private static int elementSize(String type) {
    return switch (type) {
      case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2" -> 1;
      case "U16", "I16", "F16", "BF16" -> 2;
      case "U32", "I32", "F32" -> 4;
      case "U64", "I64", "F64" -> 8;
      default -> 0;
    };
  }

  @Override
  public Set<String> names() {
    return arrays.keySet();
  }

  @Override
  public List<Integer> shape(String name) {
    return array(name).shape;
  }

  private Array array(String name) {
    Array array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException("name: there is no array " + name);
    }
    return array;
  }

  @Override
  float[] read(String name) throws IOException, Malformed {
    Array array = array(name);
    ElementType type =
        switch (array.type) {
          case "F16" -> ElementType.FLOAT16;
          case "BF16" -> ElementType.BFLOAT16;
          case "F32" -> ElementType.FLOAT32;
          case "F64" -> ElementType.FLOAT64;
          default ->
              throw new Malformed("holds " + name + " as another type than F16, BF16, F32 and F64");
        };
    return type.decode(bytes(channel, numbersFrom + array.from, (int) (array.to - array.from)));
  }

  @Override
  void release() throws IOException {
    channel.close();
  }
}
