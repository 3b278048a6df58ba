"""The routes of the API, below its prefix: what `add_routes` adds, and what the OpenAPI document tells."""

from lokdarpan_web.ingests import IngestResource, RejectsResource
from lokdarpan_web.job_states import JobResource
from lokdarpan_web.news_answers import AlertsResource, PulseResource, TrendsResource
from lokdarpan_web.operations import Resource
from lokdarpan_web.post_pages import PostsResource
from lokdarpan_web.reference import DocsFileResource, DocsResource, OpenApiResource
from lokdarpan_web.resources import PredictionResource, StoryResource, WardMetaResource, WardResultsResource
from lokdarpan_web.uploads import UploadResource
from lokdarpan_web.ward_list import WardListResource, WardMapResource

ROUTES: tuple[tuple[str, type[Resource]], ...] = (
    ("/ward/meta/{ward}", WardMetaResource),
    ("/ward/results/{ward}", WardResultsResource),
    ("/prediction/{ward}", PredictionResource),
    ("/stories/{number}", StoryResource),
    ("/pulse/{ward}", PulseResource),
    ("/alerts/{ward}", AlertsResource),
    ("/trends", TrendsResource),
    ("/wards", WardListResource),
    ("/wards.geojson", WardMapResource),
    ("/posts", PostsResource),
    ("/epapers", UploadResource),
    ("/ingests/{id}", IngestResource),
    ("/ingests/{id}/rejects", RejectsResource),
    ("/jobs/{id}", JobResource),
    ("/openapi.json", OpenApiResource),
    ("/docs", DocsResource),
    ("/docs/{file}", DocsFileResource),
)
