import{c as e,f as t,h as n,hr as r,i,n as a,p as o,r as s,s as c,t as l,u}from"./vendor-B1RbLAG6.js";var d=i(),f=Object.assign({"./examples/1-lineage-of-the-model-in-production.graphql":`# Lineage of the model in production
# Everything that flowed into it: data, runs and models, and whether that is all there is.
query ModelLineage {
  model(project: "digits", name: "digits") {
    version(stage: "PRODUCTION") {
      index
      artifact {
        label
        upstream {
          complete
          incompleteBecause
          nodes(first: 50) {
            edges {
              depth
              node {
                kind
                label
              }
            }
          }
          edges {
            source
            target
            kind
            role
          }
        }
      }
    }
  }
}
`,"./examples/10-a-lineage-as-a-few-boxes.graphql":`# A lineage as a few boxes
# All that came of the raw scans, counted and drawn together by the service, however much it is.
# variables: {"collapseBy": "COLLECTION"}
query Boxes($collapseBy: CollapseBy, $after: String) {
  artifact(project: "digits", name: "scans", version: "v1") {
    label
    lineageSummary(direction: DOWNSTREAM, collapseBy: $collapseBy) {
      complete
      nodeCount
      counts {
        depth
        kind
        count
      }
      groups(first: 20, after: $after) {
        nodes {
          key
          label
          kind
          count
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
      groupEdges {
        source
        target
        kind
        role
        count
      }
    }
  }
}
`,"./examples/2-what-depends-on-a-dataset.graphql":`# What depends on a dataset
# Everything that was made from the raw scans, three edges deep: what would a fault in them touch?
# variables: {"depth": 3}
query Dependents($depth: Int) {
  artifact(project: "digits", name: "scans", version: "v1") {
    label
    downstream(depth: $depth) {
      complete
      incompleteBecause
      omitted {
        kind
        count
      }
      nodes {
        edges {
          depth
          node {
            kind
            label
          }
        }
      }
    }
  }
}
`,"./examples/3-exactly-which-bytes.graphql":`# Exactly which bytes
# The files of a version with their digests, and where to download each.
query Files {
  artifact(project: "digits", name: "digits-svm") {
    label
    digest
    size
    files {
      nodes {
        path
        size
        sha256
        downloadUrl
      }
    }
    zipUrl
  }
}
`,"./examples/4-runs-and-their-metrics.graphql":`# Runs and their metrics
# What each run was given, what it measured, what it used and logged.
# variables: {"first": 20}
query Runs($first: Int, $after: String) {
  runs(project: "digits", first: $first, after: $after) {
    nodes {
      number
      name
      status
      parameters
      metrics {
        key
        last
      }
      used {
        nodes {
          entity {
            label
          }
        }
      }
      logged {
        nodes {
          entity {
            label
          }
          reused
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,"./examples/5-who-made-it-who-used-it.graphql":`# Who made it, who used it
# The direct neighbours of a version: one step, not the whole lineage.
query Neighbours {
  artifact(project: "digits", name: "clean-scans") {
    label
    loggedBy {
      name
    }
    producers {
      nodes {
        name
      }
    }
    usedBy {
      nodes {
        name
        status
      }
    }
  }
}
`,"./examples/6-versions-of-a-name.graphql":`# Versions of a name
# A collection with its versions, their aliases and tags.
query Versions {
  artifactCollection(project: "digits", name: "digits-svm") {
    name
    type
    latest {
      version
    }
    artifacts {
      nodes {
        version
        aliases
        tags
        metadata
        createdAt
        createdBy
      }
    }
  }
}
`,"./examples/7-a-model-and-a-dataset-by-their-members.graphql":`# A model and a dataset by their members
# Versions in their stages, and snapshots of a set that grew.
query Members {
  model(project: "digits", name: "digits") {
    versions {
      nodes {
        index
        stage
        artifact {
          label
        }
      }
    }
  }
  dataset(project: "digits", name: "handwritten digits") {
    snapshots {
      nodes {
        index
        linkedAt
        artifact {
          label
          metadata
        }
      }
    }
  }
}
`,"./examples/8-log-an-artifact-from-here.graphql":`# Log an artifact from here
# A version of one small file, without any client. The same again answers the same version.
# variables: {"input": {"project": "digits", "name": "note", "type": "text", "files": [{"path": "note.txt", "content": "aGVsbG8="}]}}
mutation LogNote($input: LogArtifactInput!) {
  logArtifact(input: $input) {
    ... on CommitPayload {
      created
      artifact {
        label
        digest
      }
    }
    ... on Error {
      message
      code
    }
  }
}
`,"./examples/9-search.graphql":`# Search
# What has these words in its name, aliases, tags or description, or is this id or digest.
# variables: {"text": "digits"}
query Search($text: String!, $after: String) {
  search(text: $text, first: 20, after: $after) {
    nodes {
      matched
      entity {
        __typename
        id
        label
        project {
          name
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`}),p=`# variables: `;function m(e){let t=e.split(`
`),n=t.filter(e=>e.startsWith(`#`)),[r=``,i=``]=n.map(e=>e.slice(2)),a=n.find(e=>e.startsWith(p));return{name:r,description:i,query:t.slice(n.length).join(`
`),...a&&{variables:JSON.parse(a.slice(13))}}}var h=Object.entries(f).sort(([e],[t])=>e.localeCompare(t,`en`,{numeric:!0})).map(([,e])=>m(e)),g=r(),_=({variables:e})=>e?JSON.stringify(e,null,2):``;function v(){let{addTab:t}=e(),{queryEditor:n,variableEditor:r,responseEditor:i}=c(e=>({queryEditor:e.queryEditor,variableEditor:e.variableEditor,responseEditor:e.responseEditor})),a=e=>{let a=n?.getValue().trim()??``;a!==``&&!h.some(({query:e})=>e.trim()===a)&&t(),n?.setValue(e.query),r?.setValue(_(e)),i?.setValue(``)};return(0,g.jsxs)(`section`,{"aria-label":`Examples`,children:[(0,g.jsx)(`div`,{className:`graphiql-doc-explorer-title`,children:`Examples`}),(0,g.jsx)(`ul`,{className:`examples`,children:h.map(e=>(0,g.jsx)(`li`,{children:(0,g.jsxs)(`button`,{type:`button`,onClick:()=>a(e),children:[(0,g.jsx)(`strong`,{children:e.name}),(0,g.jsx)(`span`,{children:e.description})]})},e.name))})]})}function y(){return(0,g.jsx)(`svg`,{viewBox:`0 0 24 24`,fill:`none`,stroke:`currentColor`,strokeWidth:`1.5`,"aria-hidden":`true`,children:(0,g.jsx)(`path`,{d:`M4 6.5h2M4 12h2M4 17.5h2M10 6.5h10M10 12h10M10 17.5h10`,strokeLinecap:`round`})})}var b={title:`Examples`,icon:y,content:v};u();var x=async({query:e,variables:t,operationName:n},r)=>{let i;try{i=await fetch(`/graphql`,{method:`POST`,headers:{accept:`application/graphql-response+json, application/json`,"content-type":`application/json`,"x-graph-api":`1`,...r?.headers},body:JSON.stringify({query:e,variables:t,operationName:S(e,n)?n:void 0})})}catch{return C(`The service does not answer.`)}return i.headers.get(`content-type`)?.includes(`json`)?i.json():C(`The service answered ${i.status} ${i.statusText}: ${await i.text()}`)};function S(e,n){try{return t(e).definitions.some(e=>e.kind===o.OPERATION_DEFINITION&&e.name?.value===n)}catch{return!1}}function C(e){return{errors:[new n(e)]}}var w=[b,s({showAttribution:!1}),a],[T]=h;(0,d.createRoot)(document.getElementById(`graphiql`)).render((0,g.jsx)(l,{fetcher:x,plugins:w,visiblePlugin:b,defaultTabs:T?[{query:T.query,variables:_(T)}]:[],defaultEditorToolsVisibility:`variables`,schemaDescription:!0,inputValueDeprecation:!0,children:(0,g.jsx)(l.Logo,{children:(0,g.jsx)(`span`,{className:`logo`,children:`graph-api`})})}));