// @neo4j/graphql under Apollo on the Neo4j of the environment, in GRAPH_API_WORKERS processes.
import cluster from 'node:cluster';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { Neo4jGraphQL } from '@neo4j/graphql';
import neo4j from 'neo4j-driver';

const { GRAPH_API_NEO4J_URI, GRAPH_API_NEO4J_USER, GRAPH_API_NEO4J_PASSWORD } = process.env;
const { GRAPH_API_PORT, GRAPH_API_WORKERS } = process.env;

// Under :Entity ids are indexed, and `list_key` is the index that our own lists page on.
const typeDefs = `
  type Artifact @node(labels: ["Artifact", "Entity"]) {
    id: ID!
    name: String!
    version: String!
    size: Int!
    list_key: String!
    usedBy: [Run!]! @relationship(type: "USED_BY", direction: OUT)
  }
  type Run @node(labels: ["Run", "Entity"]) {
    id: ID!
    name: String!
    status: String!
    logged: [Artifact!]! @relationship(type: "LOGGED_BY", direction: IN)
  }
`;

if (cluster.isPrimary && GRAPH_API_WORKERS !== '1') {
  for (let count = 0; count < Number(GRAPH_API_WORKERS); count++) cluster.fork();
} else {
  const auth = neo4j.auth.basic(GRAPH_API_NEO4J_USER, GRAPH_API_NEO4J_PASSWORD);
  const driver = neo4j.driver(GRAPH_API_NEO4J_URI, auth);
  const schema = await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
  const server = new ApolloServer({
    schema,
    introspection: false,
    csrfPrevention: false,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
  });
  // With its name given, no session asks for the name of the database.
  const context = async () => ({ sessionConfig: { database: 'neo4j' } });
  const listen = { host: '127.0.0.1', port: Number(GRAPH_API_PORT) };
  await startStandaloneServer(server, { context, listen });
}
