package io.turnwise.app.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.turnwise.app.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedClientsTest {
  private static final String GROUP = "a-group";

  @TempDir private Path folder;

  @Test
  void shouldLeaveTheGroupWhenTheConsumerOfAFailedThreadIsClosed() throws Exception {
    assertEquals(0, membersAfterClosing(Map.of()));
  }

  @Test
  void shouldStayInTheGroupWhenTheMemberIsExpectedBack() throws Exception {
    assertEquals(1, membersAfterClosing(Map.of("group.instance.id", "one")));
  }

  /** Closes it as Kafka Streams does where a thread has failed. */
  private int membersAfterClosing(Map<String, Object> more) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic("in", 1, (short) 1))).all().get();
      Map<String, Object> config = new HashMap<>(more);
      config.put("bootstrap.servers", broker.bootstrapServers());
      config.put("group.id", GROUP);
      config.put("client.id", "thread-consumer");
      Consumer<byte[], byte[]> consumer = new WatchedClients().getConsumer(config);
      consumer.subscribe(Set.of("in"));
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (consumer.assignment().isEmpty() && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(100));
      }
      assertFalse(consumer.assignment().isEmpty());

      consumer.close(
          CloseOptions.groupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP));

      return admin
          .describeConsumerGroups(List.of(GROUP))
          .describedGroups()
          .get(GROUP)
          .get()
          .members()
          .size();
    }
  }
}
