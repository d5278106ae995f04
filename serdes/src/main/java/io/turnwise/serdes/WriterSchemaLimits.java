package io.turnwise.serdes;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * What a writer's schema may be, so that reading a record costs no more than its bytes are worth.
 * Avro checks every length against the bytes that are there. Three things are left: a recursive
 * schema nests as deep as the record likes, elements without a byte of their own can be claimed by
 * the million, and a schema of a hundred thousand fields takes seconds to resolve.
 */
final class WriterSchemaLimits {
  /** Most types, ours having some twenty. */
  static final int MOST_TYPES = 2000;

  /** Most types inside one another, ours having four. */
  static final int MOST_DEPTH = 32;

  /** Names of the records that the type at hand lies in. */
  private final Set<String> around = new HashSet<>();

  private int types;

  private WriterSchemaLimits() {}

  /**
   * @return what is wrong with the schema, without anything out of it; empty where nothing is
   */
  static Optional<String> fault(Schema schema) {
    return new WriterSchemaLimits().faultOf(schema, 1);
  }

  private Optional<String> faultOf(Schema schema, int depth) {
    types++;
    if (types > MOST_TYPES) {
      return Optional.of("it has more than " + MOST_TYPES + " types");
    }
    if (depth > MOST_DEPTH) {
      return Optional.of("its types nest deeper than " + MOST_DEPTH);
    }
    return switch (schema.getType()) {
      case RECORD -> faultOfRecord(schema, depth);
      case ARRAY ->
          faultOf(schema.getElementType(), depth + 1)
              .or(
                  () ->
                      takesBytes(schema.getElementType())
                          ? Optional.empty()
                          : Optional.of("it has an array of elements that take no byte"));
      case MAP -> faultOf(schema.getValueType(), depth + 1);
      case UNION -> faultOfUnion(schema, depth);
      default -> Optional.empty();
    };
  }

  private Optional<String> faultOfRecord(Schema schema, int depth) {
    if (!around.add(schema.getFullName())) {
      return Optional.of("it is recursive");
    }
    for (Schema.Field field : schema.getFields()) {
      Optional<String> fault = faultOf(field.schema(), depth + 1);
      if (fault.isPresent()) {
        return fault;
      }
    }
    around.remove(schema.getFullName());
    return Optional.empty();
  }

  private Optional<String> faultOfUnion(Schema schema, int depth) {
    for (Schema branch : schema.getTypes()) {
      Optional<String> fault = faultOf(branch, depth + 1);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }

  /** Whether each value of a type, known not to be recursive, takes a byte at least. */
  private static boolean takesBytes(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> false;
      case FIXED -> schema.getFixedSize() > 0;
      case RECORD -> schema.getFields().stream().anyMatch(field -> takesBytes(field.schema()));
      default -> true;
    };
  }
}
