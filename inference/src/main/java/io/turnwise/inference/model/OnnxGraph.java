package io.turnwise.inference.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an ONNX file says about itself, read from the protobuf without running it: inputs, outputs,
 * metadata, and which tensors and operators it has elsewhere. Field numbers are those of onnx.proto
 * (github.com/onnx/onnx, IR version 13).
 *
 * @param inputs what the graph must be given; initializers that old files list as inputs are not
 *     among them
 * @param outputs what it gives
 * @param metadata the file's own key/value pairs
 * @param externalTensors names of tensors whose values lie outside the file
 * @param foreignDomains domains of operators that neither the runtime nor the file itself defines
 */
record OnnxGraph(
    List<Value> inputs,
    List<Value> outputs,
    Map<String, String> metadata,
    List<String> externalTensors,
    SortedSet<String> foreignDomains) {

  static final int FLOAT32 = 1;

  /** Domains whose operators ONNX Runtime brings; "" is ONNX's own. */
  private static final Set<String> BUILT_IN =
      Set.of(
          "",
          "ai.onnx",
          "ai.onnx.ml",
          "ai.onnx.preview.training",
          "ai.onnx.training",
          "com.microsoft",
          "com.microsoft.nchwc",
          "com.ms.internal.nhwc");

  /** An input or output; elementType is 0 where it is no tensor. */
  record Value(String name, int elementType, List<Dimension> dimensions) {
    Dimension last() {
      return dimensions.get(dimensions.size() - 1);
    }

    @Override
    public String toString() {
      return name + " " + dimensions;
    }
  }

  /** One dimension: fixed, or dynamic with a name, or dynamic without one (name empty). */
  record Dimension(long size, String name) {
    boolean dynamic() {
      return size < 0;
    }

    boolean allows(long wanted) {
      return dynamic() || size == wanted;
    }

    @Override
    public String toString() {
      return dynamic() ? (name.isEmpty() ? "?" : name) : Long.toString(size);
    }
  }

  /**
   * @throws IllegalArgumentException if the bytes are no ONNX model, or declare a tensor larger
   *     than the values they hold for it; says where or which
   */
  static OnnxGraph read(byte[] file) {
    return new Reader(file).model();
  }

  /** A walk over the few fields that matter; everything else is skipped by its length. */
  private static final class Reader {
    private static final int DEEPEST = 64;

    /** Of the smallest element types, 2 bits wide. */
    private static final long MOST_ELEMENTS_A_BYTE = 4;

    private final byte[] bytes;
    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final Set<String> initializers = new HashSet<>();
    private final Map<String, String> metadata = new TreeMap<>();
    private final List<String> external = new ArrayList<>();
    private final SortedSet<String> used = new TreeSet<>();
    private final Set<String> defined = new HashSet<>();
    private final LocalFunctions functions = new LocalFunctions();

    /** What the operators of the graph, or of the function, that is being read are. */
    private List<String> operators = new ArrayList<>();

    private int at;
    private int depth;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    OnnxGraph model() {
      boolean[] hasGraph = {false};
      message(
          bytes.length,
          (field, end) -> {
            switch (field) {
              case 7 -> {
                hasGraph[0] = true;
                graph(end, true);
              }
              case 14 -> property(end);
              case 20 -> training(end);
              case 25 -> function(end);
              default -> at = end;
            }
          });
      if (!hasGraph[0]) {
        throw new IllegalArgumentException("holds no ONNX graph");
      }
      functions.requireFewNodes(operators);
      inputs.removeIf(input -> initializers.contains(input.name()));
      used.removeAll(BUILT_IN);
      used.removeAll(defined);
      return new OnnxGraph(
          List.copyOf(inputs),
          List.copyOf(outputs),
          Map.copyOf(metadata),
          List.copyOf(external),
          Collections.unmodifiableSortedSet(used));
    }

    private void graph(int end, boolean outermost) {
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1 -> node(to);
              case 5 -> {
                String name = tensor(to);
                if (outermost) {
                  initializers.add(name);
                }
              }
              case 11 -> value(to, outermost ? inputs : new ArrayList<>());
              case 12 -> value(to, outermost ? outputs : new ArrayList<>());
              case 15 -> sparseTensor(to);
              default -> at = to;
            }
          });
    }

    private void training(int end) {
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1, 2 -> graph(to, false);
              default -> at = to;
            }
          });
    }

    private void function(int end) {
      String[] name = {"", ""};
      List<String> around = operators;
      operators = new ArrayList<>();
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1 -> name[1] = text(to);
              case 7 -> node(to);
              case 10 -> {
                name[0] = text(to);
                defined.add(name[0]);
              }
              case 11 -> attribute(to);
              default -> at = to;
            }
          });
      functions.define(LocalFunctions.key(name[0], name[1]), operators);
      operators = around;
    }

    private void node(int end) {
      String[] name = {"", ""};
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 4 -> name[1] = text(to);
              case 5 -> attribute(to);
              case 7 -> {
                name[0] = text(to);
                used.add(name[0]);
              }
              default -> at = to;
            }
          });
      operators.add(LocalFunctions.key(name[0], name[1]));
    }

    private void attribute(int end) {
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 5, 10 -> tensor(to);
              case 6, 11 -> graph(to, false);
              case 22, 23 -> sparseTensor(to);
              default -> at = to;
            }
          });
    }

    private void sparseTensor(int end) {
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1, 2 -> tensor(to);
              default -> at = to;
            }
          });
    }

    private String tensor(int end) {
      String[] name = {""};
      boolean[] outside = {false};
      long[] elements = {1};
      long[] held = {0};
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1 -> sizes(to, elements);
              case 4, 5, 6, 7, 9, 10, 11 -> {
                // an empty string is an element, too
                held[0] += field == 6 ? to - at + 1 : to - at;
                at = to;
              }
              case 8 -> name[0] = text(to);
              case 13 -> {
                outside[0] = true;
                at = to;
              }
              case 14 -> outside[0] |= number(to) == 1;
              default -> at = to;
            }
          });
      if (outside[0]) {
        external.add(name[0]);
      } else if (elements[0] > held[0] * MOST_ELEMENTS_A_BYTE) {
        throw new IllegalArgumentException(
            "declares the tensor '"
                + name[0]
                + "' larger than the "
                + held[0]
                + " bytes it holds for it");
      }
      return name[0];
    }

    /** Multiplies sizes of dimensions, packed or one by one, into {@code elements}. */
    private void sizes(int end, long[] elements) {
      while (at < end) {
        long size = varint(end);
        if (size < 0) {
          throw new IllegalArgumentException("declares a tensor of negative size");
        }
        long product = elements[0] * size;
        elements[0] =
            Math.multiplyHigh(elements[0], size) != 0 || product < 0 ? Long.MAX_VALUE : product;
      }
    }

    private void value(int end, List<Value> into) {
      String[] name = {""};
      int[] elementType = {0};
      List<Dimension> dimensions = new ArrayList<>();
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1 -> name[0] = text(to);
              case 2 -> type(to, elementType, dimensions);
              default -> at = to;
            }
          });
      into.add(new Value(name[0], elementType[0], List.copyOf(dimensions)));
    }

    private void type(int end, int[] elementType, List<Dimension> dimensions) {
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1 -> tensorType(to, elementType, dimensions);
              default -> at = to;
            }
          });
    }

    private void tensorType(int end, int[] elementType, List<Dimension> dimensions) {
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1 -> elementType[0] = (int) number(to);
              case 2 ->
                  message(
                      to,
                      (dimension, dimensionEnd) -> {
                        switch (dimension) {
                          case 1 -> dimensions.add(dimension(dimensionEnd));
                          default -> at = dimensionEnd;
                        }
                      });
              default -> at = to;
            }
          });
    }

    private Dimension dimension(int end) {
      long[] size = {-1};
      String[] name = {""};
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1 -> size[0] = number(to);
              case 2 -> name[0] = text(to);
              default -> at = to;
            }
          });
      return new Dimension(Math.max(size[0], -1), name[0]);
    }

    private void property(int end) {
      String[] pair = {"", ""};
      message(
          end,
          (field, to) -> {
            switch (field) {
              case 1 -> pair[0] = text(to);
              case 2 -> pair[1] = text(to);
              default -> at = to;
            }
          });
      metadata.put(pair[0], pair[1]);
    }

    private interface Fields {
      /** Reads the field's value, which ends at {@code end}, and leaves {@code at} there. */
      void field(int number, int end);
    }

    private void message(int end, Fields fields) {
      if (++depth > DEEPEST) {
        throw new IllegalArgumentException("nests deeper than " + DEEPEST + " messages");
      }
      while (at < end) {
        long tag = varint(end);
        int field = (int) (tag >>> 3);
        int to =
            switch ((int) (tag & 7)) {
              case 0 -> afterVarint(end);
              case 1 -> within(8, end);
              case 2 -> within(varint(end), end);
              case 5 -> within(4, end);
              default -> throw broken();
            };
        if (field == 0) {
          throw broken();
        }
        fields.field(field, to);
        if (at != to) {
          throw broken();
        }
      }
      depth--;
    }

    private int within(long length, int end) {
      if (length < 0 || length > end - at) {
        throw broken();
      }
      return at + (int) length;
    }

    private int afterVarint(int end) {
      int before = at;
      varint(end);
      int after = at;
      at = before;
      return after;
    }

    private long number(int end) {
      return varint(end);
    }

    private String text(int end) {
      String text = new String(bytes, at, end - at, StandardCharsets.UTF_8);
      at = end;
      return text;
    }

    private long varint(int end) {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at >= end) {
          throw broken();
        }
        byte next = bytes[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw broken();
    }

    private IllegalArgumentException broken() {
      return new IllegalArgumentException("is no ONNX file: it breaks off at byte " + at);
    }
  }
}
