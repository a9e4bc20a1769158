package io.pgmahout.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmahout.agent.calls.JsonFields;
import io.pgmahout.agent.calls.UnreadableException;
import org.junit.jupiter.api.Test;

class EtcdAnswersTest {

    private static final EtcdKey KEY = new EtcdKey("/pgmahout/zoo", Records.CLUSTER);

    @Test
    void anAnswerWithoutAPairOrWithAnEmptyListOfThemHasNoRecord() throws UnreadableException {
        assertThat(KEY.found(JsonFields.parse("the answer", "{\"header\":{}}"))).isNull();
        assertThat(KEY.found(JsonFields.parse("the answer", "{\"header\":{},\"kvs\":[],\"count\":\"0\"}")))
                .isNull();
    }
}
