"""`/api/v1/coverage`: who stands in for whom, and when."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from api import coverage
from api.authentication import PrincipalDep
from api.services import ServicesDep

router = APIRouter(prefix="/coverage", tags=["coverage"])


class CoverageList(BaseModel):
    """Coverage, present and to come, by its beginning."""

    items: list[coverage.Coverage]


class ColleagueList(BaseModel):
    """People who can be deputies, by name."""

    items: list[coverage.Colleague]


@router.get("", operation_id="listCoverage")
async def list_coverage(principal: PrincipalDep, services: ServicesDep) -> CoverageList:
    """List the coverage that the caller has part in."""
    principal.must("alerts.read")
    async with services.pool.connection() as session:
        return CoverageList(items=await coverage.read_all(session, principal))


@router.get("/deputies", operation_id="listDeputies")
async def list_deputies(principal: PrincipalDep, services: ServicesDep) -> ColleagueList:
    """List who could be the caller's deputy."""
    principal.must("alerts.read")
    async with services.pool.connection() as session:
        return ColleagueList(items=await coverage.colleagues(session, principal))


@router.post("", operation_id="addCoverage", status_code=201)
async def add_coverage(
    wanted: coverage.NewCoverage, principal: PrincipalDep, services: ServicesDep
) -> coverage.Coverage:
    """Name a deputy for some time."""
    principal.must("coverage.change")
    async with services.pool.connection() as session, session.transaction():
        return await coverage.add(session, principal, wanted)


@router.delete("/{coverage_id}", operation_id="endCoverage", status_code=204)
async def end_coverage(coverage_id: UUID, principal: PrincipalDep, services: ServicesDep) -> None:
    """End coverage now."""
    principal.must("coverage.change")
    async with services.pool.connection() as session, session.transaction():
        await coverage.end(session, principal, coverage_id)
