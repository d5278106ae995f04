package io.turnwise.serdes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WrittenSchemasTest {
  private static final String SCOPE = "written-schemas";
  private static final String URL = "mock://" + SCOPE;

  @AfterEach
  void dropRegistry() {
    MockSchemaRegistry.dropScope(SCOPE);
  }

  @ParameterizedTest
  @EnumSource(Contract.class)
  void shouldRegisterWhatTheFirstRecordWouldWhenTheSettingsLetIt(Contract contract)
      throws Exception {
    // When
    WrittenSchemas.require(contract, "a-topic", Map.of("schema.registry.url", URL));

    // Then
    var registry = MockSchemaRegistry.getClientForScope(SCOPE);
    assertEquals(List.of("a-topic-value"), List.copyOf(registry.getAllSubjects()));
    assertEquals(
        contract.schema().getFullName(),
        new AvroSchema(registry.getLatestSchemaMetadata("a-topic-value").getSchema()).name());
  }

  @Test
  void shouldSayThatTheRegistryHasItNotWhenNothingMayBeRegistered() {
    // When
    RegistryUnavailable fault =
        assertThrows(
            RegistryUnavailable.class,
            () ->
                WrittenSchemas.require(
                    Contract.DEAD_LETTERS,
                    "a-topic",
                    Map.of("schema.registry.url", URL, "auto.register.schemas", "false")));

    // Then
    assertTrue(fault.getMessage().contains("topic a-topic"), fault.getMessage());
  }
}
